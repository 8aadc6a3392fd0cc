import type { PlatformObject } from "../../../ports.ts";
import type { RunObservation } from "../../engine-ports.ts";

/** The part of `status` that is read (Kubeflow Trainer v2, trainer.kubeflow.org/v1alpha1). There is no condition for running. */
export interface TrainJobStatus {
  conditions?: readonly {
    type: string;
    status: string;
    reason?: string;
    message?: string;
    lastTransitionTime?: string;
  }[];
  /** Of each replicated job. `active` counts jobs whose pods run or wait, `ready` those whose pods all run or have ended well. */
  jobsStatus?: readonly {
    name: string;
    active?: number;
    ready?: number;
    succeeded?: number;
    failed?: number;
  }[];
  /** Only with the alpha feature gate TrainJobStatus. */
  trainerStatus?: { progressPercentage?: number; estimatedRemainingSeconds?: number };
}

/** The platform's status in our words. */
export function readTrainJob(job: PlatformObject & { status?: TrainJobStatus }): RunObservation {
  const { conditions = [], jobsStatus = [], trainerStatus } = job.status ?? {};
  const isTrue = (type: string) => conditions.find((one) => one.type === type && one.status === "True");
  const complete = isTrue("Complete");
  if (complete !== undefined)
    return { state: "succeeded", progress: 1, ...at("endedAt", complete.lastTransitionTime) };
  const failed = isTrue("Failed");
  if (failed !== undefined)
    return {
      state: "failed",
      reason: [failed.reason, failed.message].filter(Boolean).join(": ") || "failed",
      ...at("endedAt", failed.lastTransitionTime),
    };
  const suspended = isTrue("Suspended");
  if (suspended !== undefined)
    return { state: "queued", reason: suspended.message ?? "suspended", detail: { suspended: true } };
  const percent = trainerStatus?.progressPercentage;
  const remainingSeconds = trainerStatus?.estimatedRemainingSeconds;
  const told = {
    ...(percent !== undefined && { progress: Math.min(1, Math.max(0, percent / 100)) }),
    ...(remainingSeconds !== undefined && { detail: { remainingSeconds } }),
  };
  if (jobsStatus.length === 0) return { state: "queued" };
  // A job whose pods still wait for GPUs is active too: it runs once it is ready.
  const runs = jobsStatus.some(({ active = 0, ready = 0 }) => active > 0 && ready > 0);
  return { state: runs ? "running" : "starting", ...told };
}

function at(field: "endedAt", time: string | undefined): { endedAt?: Date } {
  return time === undefined ? {} : { [field]: new Date(time) };
}
