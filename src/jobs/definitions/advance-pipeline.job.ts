import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Looks at a pipeline and makes its next step, if it is its turn. */
export const advancePipeline = defineJob({
  name: "advance-pipeline",
  schema: z.object({ requestId: z.string() }),
  timeoutMs: 30_000,
  attempts: 5,
  backoffMs: 1_000,
  queue: "background",
});
