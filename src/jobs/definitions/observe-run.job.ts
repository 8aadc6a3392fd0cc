import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Looks at a run on its platform, again and again until it has ended. */
export const observeRun = defineJob({
  name: "observe-run",
  schema: z.object({ runId: z.string() }),
  timeoutMs: 30_000,
  attempts: 5,
  backoffMs: 2_000,
  queue: "looks",
});
