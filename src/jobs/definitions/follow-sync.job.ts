import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Shows how a sync that somebody asked for goes on, until it has ended; the row in `sync_follows` holds it. */
export const followSync = defineJob({
  name: "follow-sync",
  schema: z.object({ followId: z.string() }),
  timeoutMs: 30_000,
  attempts: 5,
  backoffMs: 2_000,
  queue: "background",
});
