import { timeText, type KubeObject, type PodSpec, type PodStatus } from "./kube-object.ts";
import type { ObjectStore } from "./object-store.ts";
import { typeOfKind } from "./resource-types.ts";
import { lifeOf, placedAt, type PodLife } from "./simulated-life.ts";

const POD = typeOfKind("Pod");

/** Brings every placed pod's status to where its life must be by now. */
export function runPods(store: ObjectStore, nowMs: number, defaultDurationMs: number): void {
  for (const pod of store.list(POD)) {
    const status = (pod["status"] ?? {}) as PodStatus;
    const placedAtMs = placedAt(pod);
    if (placedAtMs === undefined || status.phase === "Succeeded" || status.phase === "Failed") continue;
    const life = lifeOf(pod, placedAtMs, nowMs, defaultDurationMs);
    if (life.phase === status.phase && status.containerStatuses !== undefined) continue;
    store.update(POD, { ...pod, status: statusOf(pod, status, life, placedAtMs) }, { subresource: "status" });
  }
}

function statusOf(pod: KubeObject, status: PodStatus, life: PodLife, placedAtMs: number): PodStatus {
  const startedAt = timeText(life.startedAtMs);
  const containerState = () => {
    if (life.phase === "Pending") return { waiting: { reason: "ContainerCreating" } };
    if (life.phase === "Running") return { running: { startedAt } };
    const exitCode = life.phase === "Failed" ? 1 : 0;
    return {
      terminated: {
        exitCode,
        reason: exitCode === 0 ? "Completed" : "Error",
        startedAt,
        finishedAt: timeText(life.endsAtMs),
      },
    };
  };
  const conditions = (status.conditions ?? []).filter(({ type }) => type !== "Ready");
  const ready = life.phase === "Running";
  return {
    ...status,
    phase: life.phase,
    startTime: timeText(placedAtMs),
    conditions: [...conditions, { type: "Ready", status: ready ? "True" : "False" }],
    containerStatuses: ((pod["spec"] as PodSpec).containers ?? []).map((container) => ({
      name: container.name,
      image: container.image ?? "",
      ready,
      started: ready,
      restartCount: 0,
      state: containerState(),
    })),
  };
}
