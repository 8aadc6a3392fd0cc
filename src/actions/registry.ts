import { clusterStatus } from "./cluster/cluster-status.ts";
import { trainChart } from "./training/train-chart.ts";
import { trainCancel } from "./training/train-cancel.ts";
import { trainClean } from "./training/train-clean.ts";
import { trainDiff } from "./training/train-diff.ts";
import { trainFollow } from "./training/train-follow.ts";
import { trainGate } from "./training/train-gate.ts";
import { trainHold } from "./training/train-hold.ts";
import { trainHistory } from "./training/train-history.ts";
import { trainList } from "./training/train-list.ts";
import { trainLogs } from "./training/train-logs.ts";
import { trainPipeline } from "./training/train-pipeline.ts";
import { trainRetry, trainTrials } from "./training/train-retry.ts";
import { trainSchedules } from "./training/train-schedules.ts";
import { trainSeveral } from "./training/train-several.ts";
import { trainStart } from "./training/train-start.ts";
import { trainStatus } from "./training/train-status.ts";
import { trainWhy } from "./training/train-why.ts";
import { trainResume, trainSuspend } from "./training/train-suspend.ts";

/** Everything that people can look at. */
export const reads = {
  "train-list": trainList,
  "train-status": trainStatus,
  "train-logs": trainLogs,
  "train-chart": trainChart,
  "train-why": trainWhy,
  "train-history": trainHistory,
  "train-diff": trainDiff,
  "train-schedules": trainSchedules,
  "cluster-status": clusterStatus,
} as const;

/** Everything that people can change. */
export const changes = {
  "train-start": trainStart,
  "train-cancel": trainCancel,
  "train-suspend": trainSuspend,
  "train-resume": trainResume,
  "train-gate": trainGate,
  "train-pipeline": trainPipeline,
  "train-several": trainSeveral,
  "train-hold": trainHold,
  "train-retry": trainRetry,
  "train-trials": trainTrials,
  "train-follow": trainFollow,
  "train-clean": trainClean,
} as const;

export type ReadName = keyof typeof reads;
export type ChangeName = keyof typeof changes;
export type ReadInput<Name extends ReadName> = (typeof reads)[Name]["examples"][number]["input"];
export type ReadOutput<Name extends ReadName> =
  Awaited<ReturnType<(typeof reads)[Name]["read"]>> extends infer Answer
    ? Answer extends { ok: true; value: infer Value }
      ? Value
      : never
    : never;
export type ChangeInput<Name extends ChangeName> = (typeof changes)[Name]["examples"][number]["input"];

/** Whether the policy's limits count what this action starts, and when it takes what it needs of them. */
export function reservesGpus(name: string): "at-once" | "step-by-step" | undefined {
  if (!isChangeName(name)) return undefined;
  return (changes[name] as { reservesGpus?: "at-once" | "step-by-step" }).reservesGpus;
}

export function isChangeName(name: string): name is ChangeName {
  return Object.hasOwn(changes, name);
}
