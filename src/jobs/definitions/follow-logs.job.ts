import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Shows the last lines of a log in a thread, again and again for ten minutes; the row in `log_follows` holds it. */
export const followLogs = defineJob({
  name: "follow-logs",
  schema: z.object({ followId: z.string() }),
  timeoutMs: 30_000,
  attempts: 5,
  backoffMs: 2_000,
  queue: "looks",
});
