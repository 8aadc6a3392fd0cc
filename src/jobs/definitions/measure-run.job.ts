import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Looks at a run's metrics: apart from looking at the run, so that neither waits for the other. */
export const measureRun = defineJob({
  name: "measure-run",
  schema: z.object({ runId: z.string() }),
  timeoutMs: 40_000,
  attempts: 3,
  backoffMs: 5_000,
  queue: "looks",
});
