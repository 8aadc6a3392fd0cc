import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Does what a Slack delivery asks for; the row in `inbound` holds it. */
export const handleInbound = defineJob({
  name: "handle-inbound",
  schema: z.object({ key: z.string() }),
  timeoutMs: 120_000,
  attempts: 5,
  backoffMs: 1_000,
  queue: "interactive",
});
