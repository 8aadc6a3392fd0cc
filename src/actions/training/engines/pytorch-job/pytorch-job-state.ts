import type { PlatformObject } from "../../../ports.ts";
import type { RunObservation } from "../../engine-ports.ts";

/** The part of `status` that is read (Training Operator v1, kubeflow.org/v1). */
export interface PyTorchJobStatus {
  conditions?: readonly {
    type: string;
    status: string;
    reason?: string;
    message?: string;
    lastTransitionTime?: string;
  }[];
  replicaStatuses?: Readonly<Record<string, { active?: number; succeeded?: number; failed?: number }>>;
  startTime?: string;
  completionTime?: string;
}

/** The platform's conditions in our words. The last condition that is true decides. */
export function readPyTorchJob(job: PlatformObject & { status?: PyTorchJobStatus }): RunObservation {
  const status = job.status ?? {};
  const current = (status.conditions ?? []).filter((condition) => condition.status === "True").at(-1);
  const uid = (job.metadata as { uid?: string }).uid;
  const common = {
    ...(uid !== undefined && { uid }),
    ...(status.startTime !== undefined && { startedAt: new Date(status.startTime) }),
  };
  const endedAt = status.completionTime === undefined ? {} : { endedAt: new Date(status.completionTime) };
  if (current === undefined) return { state: "queued", ...common };
  switch (current.type) {
    case "Succeeded":
      return { state: "succeeded", progress: 1, ...common, ...endedAt };
    case "Failed":
      return { state: "failed", reason: current.message ?? current.reason ?? "", ...common, ...endedAt };
    case "Running":
      // `startTime` is when the operator first saw the job: waiting for GPUs is in it.
      return {
        state: "running",
        ...common,
        ...(current.lastTransitionTime !== undefined && { startedAt: new Date(current.lastTransitionTime) }),
      };
    case "Restarting":
      return { state: "starting", reason: current.message ?? "restarting", ...common };
    case "Suspended":
      return {
        state: "queued",
        reason: current.message ?? "suspended",
        ...common,
        detail: { suspended: true },
      };
    default:
      return { state: "queued", ...common };
  }
}
