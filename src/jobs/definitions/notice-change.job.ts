import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Looks at a run once, because something tells of a change. Apart from everything else: slow looks and long drawing must not hold it up. */
export const noticeChange = defineJob({
  name: "notice-change",
  schema: z.object({ runId: z.string() }),
  timeoutMs: 30_000,
  attempts: 5,
  backoffMs: 2_000,
  queue: "changes",
});
