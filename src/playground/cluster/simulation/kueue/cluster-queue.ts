import type { KubernetesObject } from "../../objects/kubernetes-object.ts";
import { typeOfKind } from "../../objects/resource-types.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { parseQuantity } from "../quantity.ts";
import { isSet, specOf, statusOf, WORKLOAD } from "./workload.ts";

export const CLUSTER_QUEUE = typeOfKind("ClusterQueue");
export const LOCAL_QUEUE = typeOfKind("LocalQueue");
const FLAVOR = typeOfKind("ResourceFlavor");

export interface ClusterQueueSpec {
  queueingStrategy?: "StrictFIFO" | "BestEffortFIFO";
  stopPolicy?: "None" | "Hold" | "HoldAndDrain";
  resourceGroups?: readonly {
    coveredResources: readonly string[];
    flavors: readonly {
      name: string;
      resources: readonly { name: string; nominalQuota?: string | number }[];
    }[];
  }[];
}

export const queueSpecOf = (queue: KubernetesObject): ClusterQueueSpec => queue.spec ?? {};

/** The ClusterQueue behind a LocalQueue, or Kueue's words for why there is none. */
export function queueBehind(
  store: ObjectStore,
  namespace: string | undefined,
  queueName: string,
): { queue: KubernetesObject } | { missing: string } {
  const local = store.get(LOCAL_QUEUE.storage, namespace, queueName);
  if (!local) return { missing: `LocalQueue ${queueName} doesn't exist` };
  const { clusterQueue = "", stopPolicy } = (local.spec ?? {}) as {
    clusterQueue?: string;
    stopPolicy?: string;
  };
  if (isStopped(stopPolicy)) return { missing: `LocalQueue ${queueName} is inactive` };
  const queue = store.get(CLUSTER_QUEUE.storage, undefined, clusterQueue);
  if (!queue) return { missing: `ClusterQueue ${clusterQueue} doesn't exist` };
  return isActive(store, queue) ? { queue } : { missing: `ClusterQueue ${clusterQueue} is inactive` };
}

const isStopped = (policy: string | undefined): boolean => policy !== undefined && policy !== "None";

export function isActive(store: ObjectStore, queue: KubernetesObject): boolean {
  const { stopPolicy, resourceGroups = [] } = queueSpecOf(queue);
  const flavors = resourceGroups.flatMap((group) => group.flavors);
  return !isStopped(stopPolicy) && flavors.every(({ name }) => store.get(FLAVOR.storage, undefined, name));
}

/** Node labels of a flavor: they become the pods' node selector. */
export function labelsOfFlavor(store: ObjectStore, name: string): Readonly<Record<string, string>> {
  const flavor = store.get(FLAVOR.storage, undefined, name);
  return ((flavor?.spec ?? {}) as { nodeLabels?: Record<string, string> }).nodeLabels ?? {};
}

/** What is taken of a ClusterQueue, by "flavor/resource". */
export function usageOf(store: ObjectStore, queueName: string): Map<string, number> {
  const usage = new Map<string, number>();
  for (const workload of store.list(WORKLOAD.storage)) {
    const { admission, ...status } = statusOf(workload);
    if (admission?.clusterQueue !== queueName || isSet(status, "Finished")) continue;
    for (const { flavors, resourceUsage } of admission.podSetAssignments)
      for (const [resource, flavor] of Object.entries(flavors)) {
        const key = `${flavor}/${resource}`;
        usage.set(key, (usage.get(key) ?? 0) + (parseQuantity(resourceUsage[resource]) ?? 0));
      }
  }
  return usage;
}

/** Those that wait in a ClusterQueue, in its order: priority, then age. */
export function pendingIn(store: ObjectStore, queueName: string): readonly KubernetesObject[] {
  return store
    .list(WORKLOAD.storage)
    .filter((workload) => {
      const status = statusOf(workload);
      const { active = true, queueName: local = "" } = specOf(workload);
      if (!active || isSet(status, "QuotaReserved") || isSet(status, "Finished")) return false;
      const behind = queueBehind(store, workload.metadata.namespace, local);
      return "queue" in behind && behind.queue.metadata.name === queueName;
    })
    .toSorted(
      (a, b) =>
        (specOf(b).priority ?? 0) - (specOf(a).priority ?? 0) ||
        a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) ||
        a.metadata.uid.localeCompare(b.metadata.uid),
    );
}
