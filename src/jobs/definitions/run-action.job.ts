import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Carries out a request that is queued. */
export const runAction = defineJob({
  name: "run-action",
  schema: z.object({ requestId: z.string() }),
  timeoutMs: 60_000,
  attempts: 5,
  backoffMs: 1_000,
  queue: "interactive",
});
