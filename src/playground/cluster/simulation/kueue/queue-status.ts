import { formatTime, isSameJson, type KubernetesObject } from "../../objects/kubernetes-object.ts";
import type { ResourceType } from "../../objects/resource-types.ts";
import type { ClusterControl } from "../cluster-control.ts";
import { CLUSTER_QUEUE, isActive, LOCAL_QUEUE, pendingIn, queueSpecOf, usageOf } from "./cluster-queue.ts";
import { isSet, KUEUE, specOf, statusOf, WORKLOAD } from "./workload.ts";

/** How many wait and run, and what is in use, on every queue. */
export function writeQueueStatus(control: ClusterControl): void {
  const { store } = control;
  for (const queue of store.list(CLUSTER_QUEUE.storage)) {
    const { name } = queue.metadata;
    const active = isActive(store, queue);
    const words = active
      ? { status: "True", reason: "Ready", message: "Can admit new workloads" }
      : { status: "False", reason: "Unknown", message: "Can't admit new workloads." };
    const usage = usageOf(store, name);
    const flavors = (queueSpecOf(queue).resourceGroups ?? []).flatMap((group) =>
      group.flavors.map((flavor) => ({
        name: flavor.name,
        resources: flavor.resources.map((resource) => ({
          name: resource.name,
          total: String(usage.get(`${flavor.name}/${resource.name}`) ?? 0),
          borrowed: "0",
        })),
      })),
    );
    const running = countOf(store.list(WORKLOAD.storage), (workload) =>
      isHeldIn(workload, ({ admission }) => admission?.clusterQueue === name),
    );
    put(control, CLUSTER_QUEUE, queue, {
      flavorsReservation: flavors,
      flavorsUsage: flavors,
      pendingWorkloads: pendingIn(store, name).length,
      reservingWorkloads: running,
      admittedWorkloads: running,
      conditions: [{ type: "Active", ...words }],
    });
  }
  for (const queue of store.list(LOCAL_QUEUE.storage)) {
    const { namespace, name } = queue.metadata;
    const { clusterQueue = "" } = (queue.spec ?? {}) as { clusterQueue?: string };
    const own = store
      .list(WORKLOAD.storage, namespace)
      .filter((workload) => specOf(workload).queueName === name);
    const running = countOf(own, (workload) => isHeldIn(workload, () => true));
    put(control, LOCAL_QUEUE, queue, {
      pendingWorkloads: countOf(pendingIn(store, clusterQueue), (workload) => own.includes(workload)),
      reservingWorkloads: running,
      admittedWorkloads: running,
    });
  }
}

const countOf = (
  workloads: readonly KubernetesObject[],
  isCounted: (workload: KubernetesObject) => boolean,
): number => workloads.filter((workload) => isCounted(workload)).length;

function isHeldIn(
  workload: KubernetesObject,
  isThere: (status: ReturnType<typeof statusOf>) => boolean,
): boolean {
  const status = statusOf(workload);
  return isSet(status, "Admitted") && !isSet(status, "Finished") && isThere(status);
}

function put(
  control: ClusterControl,
  type: ResourceType,
  queue: KubernetesObject,
  status: { conditions?: readonly { type: string; status: string }[]; [field: string]: unknown },
): void {
  const before = (queue.status ?? {}) as {
    conditions?: readonly { type: string; status: string; lastTransitionTime: string }[];
  };
  const timed = status.conditions?.map((condition) => {
    const known = before.conditions?.find((one) => one.type === condition.type);
    const time = formatTime(control.nowMs());
    return {
      ...condition,
      lastTransitionTime: known?.status === condition.status ? known.lastTransitionTime : time,
    };
  });
  const next = { ...status, ...(timed !== undefined && { conditions: timed }) };
  if (!isSameJson(next, before)) control.setStatus(type, queue, next, KUEUE);
}
