import type { z } from "zod";
import { advancePipeline } from "./definitions/advance-pipeline.job.ts";
import { deliverOutbox } from "./definitions/deliver-outbox.job.ts";
import { drawRequest } from "./definitions/draw-request.job.ts";
import { expireApprovals } from "./definitions/expire-approvals.job.ts";
import { followLogs } from "./definitions/follow-logs.job.ts";
import { followSync } from "./definitions/follow-sync.job.ts";
import { handleInbound } from "./definitions/handle-inbound.job.ts";
import { indexSource } from "./definitions/index-source.job.ts";
import { noticeChange } from "./definitions/notice-change.job.ts";
import { observeRun } from "./definitions/observe-run.job.ts";
import { measureRun } from "./definitions/measure-run.job.ts";
import { prune } from "./definitions/prune.job.ts";
import { pullModel } from "./definitions/pull-model.job.ts";
import { runAction } from "./definitions/run-action.job.ts";
import { sweep } from "./definitions/sweep.job.ts";

/** Every job there is. */
export const jobs = {
  "handle-inbound": handleInbound,
  "run-action": runAction,
  "observe-run": observeRun,
  "notice-change": noticeChange,
  "measure-run": measureRun,
  "follow-logs": followLogs,
  "follow-sync": followSync,
  "pull-model": pullModel,
  "advance-pipeline": advancePipeline,
  "deliver-outbox": deliverOutbox,
  "draw-request": drawRequest,
  "expire-approvals": expireApprovals,
  sweep,
  "index-source": indexSource,
  prune,
} as const;

export type JobName = keyof typeof jobs;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]["schema"]>;
export const jobNames = Object.keys(jobs) as JobName[];

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobs, name);
}
