import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Rings again for every row that waits and has no job. */
export const sweep = defineJob({
  name: "sweep",
  schema: z.object({}),
  timeoutMs: 30_000,
  attempts: 3,
  backoffMs: 1_000,
  queue: "background",
});
