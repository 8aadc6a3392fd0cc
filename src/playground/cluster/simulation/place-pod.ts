import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { isOver, podSpecOf, type NodeSpec, type PodSpec, type Toleration } from "../objects/pod-shapes.ts";
import { parseQuantity } from "./quantity.ts";

type Amounts = Readonly<Record<string, number>>;

/** What is taken on each node, by its name. */
export type NodeUse = Map<string, Record<string, number>>;

/** Adds what a placed pod holds; one that is over holds nothing. */
export function takeRoom(use: NodeUse, pod: KubernetesObject): void {
  const spec = podSpecOf(pod);
  if (spec.nodeName === undefined || isOver(pod)) return;
  const sum = use.get(spec.nodeName) ?? {};
  for (const [resource, amount] of Object.entries(amountsOf(spec)))
    sum[resource] = (sum[resource] ?? 0) + amount;
  use.set(spec.nodeName, sum);
}

/** The first node with room, or the scheduler's words for why there is none. */
export function placePod(
  pod: KubernetesObject,
  nodes: readonly KubernetesObject[],
  use: NodeUse,
): { node: string } | { why: string } {
  const spec = podSpecOf(pod);
  const reasons = new Map<string, number>();
  let victims = 0;
  for (const node of nodes) {
    const unfit = unfitReason(spec, node);
    const short = unfit === undefined ? shortages(spec, node, use) : [];
    if (unfit === undefined && short.length === 0) return { node: node.metadata.name };
    for (const reason of unfit === undefined ? short : [unfit])
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    if (unfit === undefined) victims += 1;
  }
  const total = nodes.length;
  const listed = [...reasons].map(([reason, count]) => `${count} ${reason}`).toSorted();
  const preemption = [
    ...(victims > 0 ? [`${victims} No preemption victims found for incoming pod`] : []),
    ...(total > victims ? [`${total - victims} Preemption is not helpful for scheduling`] : []),
  ].toSorted();
  if (total === 0) return { why: "no nodes available to schedule pods" };
  return {
    why: `0/${total} nodes are available: ${listed.join(", ")}. preemption: 0/${total} nodes are available: ${preemption.join(", ")}.`,
  };
}

function unfitReason(spec: PodSpec, node: KubernetesObject): string | undefined {
  const { taints = [], unschedulable } = (node.spec ?? {}) as NodeSpec;
  if (unschedulable === true) return "node(s) were unschedulable";
  const isUntolerated = taints.some(
    (taint) =>
      taint.effect !== "PreferNoSchedule" &&
      !(spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  );
  if (isUntolerated) return "node(s) had untolerated taint(s)";
  const labels = node.metadata.labels ?? {};
  if (Object.entries(spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value))
    return "node(s) didn't match Pod's node affinity/selector";
  return undefined;
}

function tolerates(
  { key, operator = "Equal", value = "", effect }: Toleration,
  taint: { key: string; value?: string; effect: string },
): boolean {
  if (effect !== undefined && effect !== "" && effect !== taint.effect) return false;
  if (key === undefined || key === "") return operator === "Exists";
  return key === taint.key && (operator === "Exists" || value === (taint.value ?? ""));
}

function shortages(spec: PodSpec, node: KubernetesObject, use: NodeUse): string[] {
  const taken = use.get(node.metadata.name) ?? {};
  const { allocatable = {} } = (node.status ?? {}) as { allocatable?: Record<string, string> };
  return Object.entries(amountsOf(spec))
    .filter(
      ([resource, amount]) => amount > (parseQuantity(allocatable[resource]) ?? 0) - (taken[resource] ?? 0),
    )
    .map(([resource]) => (resource === "pods" ? "Too many pods" : `Insufficient ${resource}`));
}

/** What all containers together ask for, and the pod's own slot. */
function amountsOf(spec: PodSpec): Amounts {
  const sum: Record<string, number> = { pods: 1 };
  for (const { resources } of spec.containers ?? []) {
    for (const [resource, value] of Object.entries({ ...resources?.limits, ...resources?.requests }))
      sum[resource] = (sum[resource] ?? 0) + (parseQuantity(value) ?? 0);
  }
  return sum;
}
