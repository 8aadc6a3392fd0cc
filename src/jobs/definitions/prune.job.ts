import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Forgets what is no longer needed: old deliveries, sent lines. */
export const prune = defineJob({
  name: "prune",
  schema: z.object({}),
  timeoutMs: 60_000,
  attempts: 3,
  backoffMs: 5_000,
  queue: "background",
});
