import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Lets a server pull a model that somebody asked for, and shows how it goes; the row in `model_pulls` holds it. */
export const pullModel = defineJob({
  name: "pull-model",
  schema: z.object({ pullId: z.string() }),
  // The handler ends by itself before, and is called again.
  timeoutMs: 600_000,
  attempts: 5,
  backoffMs: 2_000,
  queue: "background",
});
