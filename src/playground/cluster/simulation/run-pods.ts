import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { formatTime, isSameJson } from "../objects/kubernetes-object.ts";
import {
  isOver,
  podSpecOf,
  podStatusOf,
  type Condition,
  type ContainerState,
  type PodStatus,
} from "../objects/pod-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import type { ClusterControl } from "./cluster-control.ts";
import { lifeOf, type PodLife, type Run } from "./pod-life.ts";
import { placedAtMs } from "./schedule-pods.ts";

const POD = typeOfKind("Pod");
const KUBELET = "kubelet";
/** From SIGTERM to the end of a container. */
const STOP_MS = 1_000;

/** The kubelets: bring every placed pod's status to where its life must be by now, and stop pods that are being deleted. */
export function runPods(control: ClusterControl, defaultDurationMs: number): void {
  for (const pod of control.store.list(POD.storage)) {
    if (pod.metadata.deletionTimestamp !== undefined) {
      stop(control, pod);
      continue;
    }
    if (isOver(pod)) continue;
    const life = lifeOf(pod, control.nowMs(), defaultDurationMs);
    if (!life) continue;
    const status = statusOf(pod, life);
    if (isSameJson(status, pod.status)) continue;
    const stored = control.setStatus(POD, pod, status, KUBELET);
    tell(control, stored, life, podStatusOf(pod));
  }
}

function stop({ store, nowMs }: ClusterControl, pod: KubernetesObject): void {
  const { deletionTimestamp = "", deletionGracePeriodSeconds = 0, finalizers = [] } = pod.metadata;
  const askedAtMs = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1_000;
  if (finalizers.length === 0 && nowMs() >= askedAtMs + STOP_MS) store.remove(POD.storage, pod);
}

function statusOf(pod: KubernetesObject, life: PodLife): PodStatus {
  const status = podStatusOf(pod);
  const isReady = life.phase === "Running" && life.waiting === undefined;
  const placedAt = placedAtMs(pod) ?? 0;
  const changedAtMs =
    isReady || life.run === undefined ? (life.run?.startedAtMs ?? placedAt) : life.run.endsAtMs;
  const scheduled = (status.conditions ?? []).filter(({ type }) => type === "PodScheduled");
  const condition = (type: string, isTrue: boolean): Condition => ({
    type,
    status: isTrue ? "True" : "False",
    lastTransitionTime: formatTime(type === "Initialized" ? placedAt : changedAtMs),
  });
  return {
    ...status,
    phase: life.phase,
    startTime: formatTime(placedAt),
    hostIP: "10.0.0.1",
    podIP: addressOf(pod),
    conditions: [
      ...scheduled,
      condition("Initialized", true),
      condition("ContainersReady", isReady),
      condition("Ready", isReady),
    ],
    containerStatuses: (podSpecOf(pod).containers ?? []).map(({ name, image = "" }) => ({
      name,
      image,
      imageID: "",
      ready: isReady,
      started: isReady,
      restartCount: life.restarts,
      state: stateOf(life),
      lastState: life.waiting && life.run ? ended(life.run) : life.previousRun ? ended(life.previousRun) : {},
    })),
  };
}

function stateOf({ phase, waiting, run }: PodLife): ContainerState {
  if (waiting || !run) return { waiting: waiting ?? { reason: "ContainerCreating" } };
  return phase === "Running" ? { running: { startedAt: formatTime(run.startedAtMs) } } : ended(run);
}

const ended = ({ exitCode, reason, startedAtMs, endsAtMs }: Run): ContainerState => ({
  terminated: {
    exitCode,
    reason,
    startedAt: formatTime(startedAtMs),
    finishedAt: formatTime(endsAtMs),
  },
});

/** The same address for the same pod. */
function addressOf({ metadata }: KubernetesObject): string {
  const number = Number.parseInt(metadata.uid.slice(0, 4), 16);
  return `10.244.${number >> 8}.${number & 255}`;
}

function tell(control: ClusterControl, pod: KubernetesObject, life: PodLife, before: PodStatus): void {
  const old = before.containerStatuses?.[0];
  for (const { name, image = "" } of podSpecOf(pod).containers ?? []) {
    const normal = (reason: string, message: string): void =>
      control.record.about(pod, { type: "Normal", reason, message, component: KUBELET });
    const warn = (reason: string, message: string): void =>
      control.record.about(pod, { type: "Warning", reason, message, component: KUBELET });
    const isNewRun =
      life.run !== undefined &&
      (old?.state?.running === undefined || (old.restartCount ?? 0) < life.restarts);
    if (isNewRun && life.waiting === undefined) {
      normal("Pulled", `Container image "${image}" already present on machine`);
      normal("Created", `Container created: ${name}`);
      normal("Started", "Container started");
    }
    if (life.waiting?.reason === "ImagePullBackOff") {
      warn("Failed", `Failed to pull image "${image}": not found`);
      normal("BackOff", `Back-off pulling image "${image}"`);
    }
    if (life.waiting?.reason === "CrashLoopBackOff")
      warn("BackOff", `Back-off restarting failed container ${name}`);
  }
}
