import { requestsOf, timeText, type KubeObject, type PodSpec, type PodStatus } from "./kube-object.ts";
import type { ObjectStore } from "./object-store.ts";
import { typeOfKind } from "./resource-types.ts";

const POD = typeOfKind("Pod");
const NODE = typeOfKind("Node");
interface NodeFacts {
  spec?: { taints?: { key: string; value?: string; effect: string }[]; unschedulable?: boolean };
  status?: { allocatable?: Record<string, string> };
}

/** Places waiting pods, oldest first, on the first node that has room; the others get the scheduler's words for why not. */
export function schedulePods(store: ObjectStore, nowMs: number): void {
  const pods = store.list(POD);
  const waiting = pods
    .filter(
      (pod) =>
        (pod["spec"] as PodSpec).nodeName === undefined && pod.metadata.deletionTimestamp === undefined,
    )
    .toSorted(
      (a, b) =>
        (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? "") ||
        a.metadata.name.localeCompare(b.metadata.name),
    );
  if (waiting.length === 0) return;
  const nodes = store.list(NODE);
  const used = new Map<string, Record<string, number>>();
  for (const pod of pods) take(used, pod);
  for (const pod of waiting) {
    const found = findNode(pod, nodes, used);
    if ("node" in found) {
      const placed: KubeObject = { ...pod, spec: { ...(pod["spec"] as PodSpec), nodeName: found.node } };
      const stored = store.update(POD, placed);
      store.update(
        POD,
        withCondition(stored, { type: "PodScheduled", status: "True", lastTransitionTime: timeText(nowMs) }),
        { subresource: "status" },
      );
      take(used, stored);
    } else {
      const condition = {
        type: "PodScheduled",
        status: "False",
        reason: "Unschedulable",
        message: found.why,
      };
      const known = ((pod["status"] ?? {}) as PodStatus).conditions?.find(
        ({ type }) => type === "PodScheduled",
      );
      if (known?.message !== found.why)
        store.update(POD, withCondition(pod, { ...condition, lastTransitionTime: timeText(nowMs) }), {
          subresource: "status",
        });
    }
  }
}

function take(used: Map<string, Record<string, number>>, pod: KubeObject): void {
  const spec = pod["spec"] as PodSpec;
  const { phase } = (pod["status"] ?? {}) as PodStatus;
  if (spec.nodeName === undefined || phase === "Succeeded" || phase === "Failed") return;
  const sum = used.get(spec.nodeName) ?? {};
  for (const [name, amount] of Object.entries(requestsOf(spec))) sum[name] = (sum[name] ?? 0) + amount;
  used.set(spec.nodeName, sum);
}

function findNode(
  pod: KubeObject,
  nodes: readonly KubeObject[],
  used: ReadonlyMap<string, Record<string, number>>,
): { node: string } | { why: string } {
  const spec = pod["spec"] as PodSpec;
  const reasons = new Map<string, number>();
  const count = (reason: string) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const node of nodes) {
    const facts = node as unknown as NodeFacts;
    if (facts.spec?.unschedulable === true) {
      count("node(s) were unschedulable");
      continue;
    }
    const untolerated = (facts.spec?.taints ?? []).find(
      (taint) =>
        !(spec.tolerations ?? []).some(
          (toleration) =>
            (toleration.key === undefined || toleration.key === taint.key) &&
            (toleration.operator === "Exists" || toleration.value === taint.value),
        ),
    );
    if (untolerated !== undefined) {
      count(`node(s) had untolerated taint {${untolerated.key}: ${untolerated.value ?? ""}}`);
      continue;
    }
    const labels = node.metadata.labels ?? {};
    if (Object.entries(spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) {
      count("node(s) didn't match Pod's node affinity/selector");
      continue;
    }
    const taken = used.get(node.metadata.name) ?? {};
    const allocatable = requestsOf({
      containers: [{ name: "", resources: { limits: facts.status?.allocatable ?? {} } }],
    });
    const short = Object.entries(requestsOf(spec)).find(
      ([name, amount]) => (taken[name] ?? 0) + amount > (allocatable[name] ?? 0),
    );
    if (short === undefined) return { node: node.metadata.name };
    count(`Insufficient ${short[0]}`);
  }
  const list = [...reasons]
    .map(([reason, number]) => `${number} ${reason}`)
    .toSorted()
    .join(", ");
  return {
    why: `0/${nodes.length} nodes are available: ${list}. preemption: 0/${nodes.length} nodes are available: ${nodes.length} Preemption is not helpful for scheduling.`,
  };
}

function withCondition(pod: KubeObject, condition: NonNullable<PodStatus["conditions"]>[number]): KubeObject {
  const status = (pod["status"] ?? { phase: "Pending" }) as PodStatus;
  const others = (status.conditions ?? []).filter(({ type }) => type !== condition.type);
  return { ...pod, status: { phase: "Pending", ...status, conditions: [...others, condition] } };
}
