import { z } from "zod";
import { defineJob } from "../define-job.ts";

/** Closes approvals whose time has run out and tells the requester. */
export const expireApprovals = defineJob({
  name: "expire-approvals",
  schema: z.object({}),
  timeoutMs: 30_000,
  attempts: 3,
  backoffMs: 1_000,
  queue: "background",
});
