import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { formatTime } from "../objects/kubernetes-object.ts";
import { podSpecOf, podStatusOf, type Condition } from "../objects/pod-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "./cluster-control.ts";
import { placePod, takeRoom, type NodeUse } from "./place-pod.ts";

const POD = typeOfKind("Pod");
const SCHEDULER = "default-scheduler";

/** Places waiting pods, oldest first, where there is room; the others get the scheduler's words for why not. */
export function schedulePods(control: ClusterControl): void {
  const { store } = control;
  const pods = store.list(POD.storage);
  const waiting = pods
    .filter((pod) => podSpecOf(pod).nodeName === undefined && pod.metadata.deletionTimestamp === undefined)
    .toSorted(
      (left, right) =>
        left.metadata.creationTimestamp.localeCompare(right.metadata.creationTimestamp) ||
        left.metadata.name.localeCompare(right.metadata.name),
    );
  if (waiting.length === 0) return;
  const nodes = store.list("/nodes");
  const use: NodeUse = new Map();
  for (const pod of pods) takeRoom(use, pod);
  for (const pod of waiting) {
    const found = placePod(pod, nodes, use);
    if ("node" in found) takeRoom(use, bind(control, pod, found.node));
    else explain(control, pod, found.why);
  }
}

function bind(control: ClusterControl, pod: KubernetesObject, nodeName: string): KubernetesObject {
  const placed = control.writer.update(
    POD,
    { ...pod, spec: { ...podSpecOf(pod), nodeName } },
    { writer: componentWriter(SCHEDULER, POD) },
  );
  const stored = setCondition(control, placed, { type: "PodScheduled", status: "True" });
  control.record.about(stored, {
    type: "Normal",
    reason: "Scheduled",
    message: `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${nodeName}`,
    component: SCHEDULER,
  });
  return stored;
}

function explain(control: ClusterControl, pod: KubernetesObject, message: string): void {
  const known = podStatusOf(pod).conditions?.find(({ type }) => type === "PodScheduled");
  if (known?.message === message) return;
  setCondition(control, pod, { type: "PodScheduled", status: "False", reason: "Unschedulable", message });
  control.record.about(pod, { type: "Warning", reason: "FailedScheduling", message, component: SCHEDULER });
}

function setCondition(
  control: ClusterControl,
  pod: KubernetesObject,
  condition: Condition,
): KubernetesObject {
  const status = podStatusOf(pod);
  const others = (status.conditions ?? []).filter(({ type }) => type !== condition.type);
  const conditions = [...others, { ...condition, lastTransitionTime: formatTime(control.nowMs()) }];
  return control.setStatus(POD, pod, { phase: "Pending", ...status, conditions }, SCHEDULER);
}

/** When the scheduler placed it. */
export function placedAtMs(pod: KubernetesObject): number | undefined {
  const scheduled = podStatusOf(pod).conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "True",
  );
  return scheduled?.lastTransitionTime === undefined ? undefined : Date.parse(scheduled.lastTransitionTime);
}
