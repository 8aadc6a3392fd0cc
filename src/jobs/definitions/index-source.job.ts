import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Brings the index up to date with a document source. */
export const indexSource = defineJob({
  name: "index-source",
  schema: z.object({ source: z.string() }),
  timeoutMs: 3_600_000,
  attempts: 5,
  backoffMs: 5_000,
  queue: "background",
});
