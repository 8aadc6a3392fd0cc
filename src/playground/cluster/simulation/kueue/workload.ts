import type { KubernetesObject } from "../../objects/kubernetes-object.ts";
import type { PodSpec } from "../../objects/pod-shapes.ts";
import { typeOfKind } from "../../objects/resource-types.ts";
import { parseQuantity } from "../quantity.ts";

export const KUEUE = "kueue";
export const WORKLOAD = typeOfKind("Workload");

export interface PodSet {
  name: string;
  count: number;
  template?: { spec?: PodSpec };
}
export interface WorkloadSpec {
  queueName?: string;
  active?: boolean;
  priority?: number;
  podSets: readonly PodSet[];
}
export interface WorkloadCondition {
  type: "QuotaReserved" | "Admitted" | "Evicted" | "Requeued" | "Finished";
  status: "True" | "False";
  reason: string;
  message: string;
  lastTransitionTime: string;
}
export interface PodSetAssignment {
  name: string;
  /** By resource. */
  flavors: Readonly<Record<string, string>>;
  resourceUsage: Readonly<Record<string, string>>;
  count: number;
}
export interface WorkloadStatus {
  conditions: readonly WorkloadCondition[];
  admission?: { clusterQueue: string; podSetAssignments: readonly PodSetAssignment[] };
}

export const specOf = (workload: KubernetesObject): WorkloadSpec => ({
  podSets: [],
  ...(workload.spec as Partial<WorkloadSpec> | undefined),
});

export const statusOf = (workload: KubernetesObject): WorkloadStatus => ({
  conditions: [],
  ...(workload.status as Partial<WorkloadStatus> | undefined),
});

export const isSet = ({ conditions }: WorkloadStatus, type: WorkloadCondition["type"]): boolean =>
  conditions.some((condition) => condition.type === type && condition.status === "True");

/** With that condition; its time only moves with its status. */
export function withConditions(
  status: WorkloadStatus,
  time: string,
  ...changes: readonly Omit<WorkloadCondition, "lastTransitionTime">[]
): WorkloadStatus {
  const conditions = changes.reduce<readonly WorkloadCondition[]>((all, change) => {
    const known = all.find(({ type }) => type === change.type);
    const lastTransitionTime = known?.status === change.status ? known.lastTransitionTime : time;
    return [...all.filter(({ type }) => type !== change.type), { ...change, lastTransitionTime }];
  }, status.conditions);
  return { ...status, conditions };
}

/** What all pods of a set ask for together, by resource. */
export function requestsOf({ count, template }: PodSet): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { resources } of template?.spec?.containers ?? [])
    for (const [resource, amount] of Object.entries({ ...resources?.limits, ...resources?.requests }))
      sums.set(resource, (sums.get(resource) ?? 0) + (parseQuantity(amount) ?? 0) * count);
  return sums;
}
