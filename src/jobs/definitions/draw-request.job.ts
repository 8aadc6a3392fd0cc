import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Redraws the messages that show a request and its run. */
export const drawRequest = defineJob({
  name: "draw-request",
  schema: z.object({ requestId: z.string() }),
  timeoutMs: 30_000,
  attempts: 5,
  backoffMs: 1_000,
  queue: "background",
});
