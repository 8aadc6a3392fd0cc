import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Sends what is pending for a channel, in order. */
export const deliverOutbox = defineJob({
  name: "deliver-outbox",
  schema: z.object({ channel: z.string() }),
  timeoutMs: 60_000,
  attempts: 5,
  backoffMs: 1_000,
  queue: "background",
});
