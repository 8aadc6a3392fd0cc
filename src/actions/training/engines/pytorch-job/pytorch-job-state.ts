import type { PlatformObject, RunObservation } from "../../../ports.ts";

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
      return { state: "queued", reason: current.message ?? "suspended", ...common };
    default:
      return { state: "queued", ...common };
  }
}

/**
 * "step 812/4100", or an unlabelled bar such as " 20%|██ | 812/4100 [" as training scripts print them; the last one counts.
 * A bar with a label ("Loading checkpoint shards: 100%|…") is about something else than training.
 */
export function readProgress(lines: readonly string[]): number | undefined {
  for (const line of lines.toReversed()) {
    const match =
      /^(?:\s*\d{1,3}%\|[^|]{0,200}\|\s*|.*\bstep\s+|\s*)(\d{1,9})\s?\/\s?(\d{1,9})(?:[\s,[:]|$)/i.exec(
        line.slice(0, 2_000),
      );
    if (match === null) continue;
    const total = Number(match[2]);
    if (total > 0) return Math.min(1, Number(match[1]) / total);
  }
  return undefined;
}
