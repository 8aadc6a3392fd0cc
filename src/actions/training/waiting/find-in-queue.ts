import { canonicalJson } from "../../../store/audit.ts";
import { ClusterForbiddenError, ClusterUnavailableError, type Cluster } from "../../cluster-ports.ts";
import type { Identity } from "../../ports.ts";
import {
  conditionOf,
  gpusOfWorkload,
  isTrue,
  isWorkloadOf,
  KUEUE,
  VISIBILITY,
  type LocalQueue,
  type Workload,
} from "./kueue-objects.ts";
import type { QueuePlace } from "./waiting-explanation.ts";

/** Another workload that comes before. */
export interface WorkloadAhead {
  /** Of the object that it stands for. */
  ownerUid?: string;
  ownerName: string;
  gpus?: number;
  priority: number;
}
export interface FoundInQueue {
  place: QueuePlace;
  ahead: readonly WorkloadAhead[];
  /** Names of what has the quota of the same ClusterQueue, as far as it is in the same namespace. */
  holding: readonly string[];
  podGpus: number;
  gpuType?: string;
}

/**
 * The run's place in its queue of Kueue. undefined: Kueue is not installed, does not know the object, or has let it go on, or
 * the person may not look at queues.
 */
export async function findInQueue(
  cluster: Cluster,
  run: { namespace: string; uid: string },
  as: Identity,
): Promise<FoundInQueue | undefined> {
  const { namespace } = run;
  const workloads: readonly Workload[] | undefined = await orNothing(() =>
    cluster.list({ ...KUEUE, resource: "workloads", namespace }, as),
  );
  const own = workloads?.find((workload) => isWorkloadOf(workload, run.uid));
  if (workloads === undefined || own === undefined) return undefined;
  if (isTrue(own, "QuotaReserved") || isTrue(own, "Finished")) return undefined;
  const queue = own.spec?.queueName ?? "";
  const ref = { ...KUEUE, resource: "localqueues", namespace, name: queue };
  const [local, visible] = await Promise.all([
    orNothing(() => cluster.get(ref, as)) as Promise<LocalQueue | undefined>,
    // Its own API is a server beside the controller: installed or not, up or not.
    orNothing(
      () => cluster.get({ ...ref, ...VISIBILITY }, as, { subresource: "pendingworkloads" }),
      ClusterUnavailableError,
    ),
  ]);
  const order = orderOf(workloads, queue, visible);
  const index = order.findIndex(({ name }) => name === own.metadata.name);
  const { podGpus, gpuType } = gpusOfWorkload(own);
  return {
    place: {
      queue,
      ...(local?.spec?.clusterQueue !== undefined && { clusterQueue: local.spec.clusterQueue }),
      ...(index >= 0 && { place: index + 1, of: order.length }),
      ...whyOf(explainedLike(own, workloads)),
    },
    ahead: order.slice(0, Math.max(0, index)).map(({ ahead }) => ahead),
    holding: workloads
      .filter(
        (workload) =>
          local?.spec?.clusterQueue !== undefined &&
          workload.status?.admission?.clusterQueue === local.spec.clusterQueue &&
          !isTrue(workload, "Finished"),
      )
      .flatMap(({ metadata }) => metadata.ownerReferences?.[0]?.name ?? []),
    podGpus,
    ...(gpuType !== undefined && { gpuType }),
  };
}

/** Itself, or one of the same size in the same queue: Kueue does not look at those that would be told the same. */
function explainedLike(own: Workload, workloads: readonly Workload[]): Workload {
  if (conditionOf(own, "QuotaReserved") !== undefined || own.spec?.active === false) return own;
  const size = canonicalJson(gpusOfWorkload(own));
  const alike = workloads.find(
    (workload) =>
      workload.spec?.queueName === own.spec?.queueName &&
      workload.spec?.active !== false &&
      conditionOf(workload, "QuotaReserved")?.status === "False" &&
      canonicalJson(gpusOfWorkload(workload)) === size,
  );
  return alike ?? own;
}

/** Kueue's own words. */
function whyOf(workload: Workload): Omit<QueuePlace, "queue" | "clusterQueue" | "place" | "of"> {
  const reserved = conditionOf(workload, "QuotaReserved");
  const evicted = conditionOf(workload, "Evicted");
  if (workload.spec?.active === false)
    return { reason: "Deactivated", words: evicted?.message ?? reserved?.message ?? "" };
  const words = reserved?.message ?? "";
  const missing = [
    ...words.matchAll(/insufficient unused quota for nvidia\.com\/gpu in flavor \S+, (\d+) more/g),
  ];
  const isTooLarge = missing.length === 0 && /maximum capacity/.test(words);
  return {
    reason: reserved?.reason ?? "Pending",
    words,
    ...(missing.length > 0 && { gpusMissing: Math.min(...missing.map(([, count]) => Number(count))) }),
    ...((isTooLarge || reserved?.reason === "ExceedsMaxQuota") && { exceedsQuota: true as const }),
    ...(evicted?.status === "True" && { evicted: evicted.reason ?? "" }),
  };
}

interface Pending {
  name: string;
  ahead: WorkloadAhead;
}

/** Those that wait in the queue, the first one first: as Kueue tells it, else as it orders them by default. */
function orderOf(workloads: readonly Workload[], queue: string, visible: unknown): readonly Pending[] {
  const known = new Map(workloads.map((workload) => [workload.metadata.name, workload]));
  const { items } = (visible ?? {}) as {
    items?: readonly { metadata: { name: string }; priority?: number; positionInClusterQueue?: number }[];
  };
  if (items !== undefined)
    return (
      items
        .toSorted((a, b) => (a.positionInClusterQueue ?? 0) - (b.positionInClusterQueue ?? 0))
        // Counted by hand: before 0.19.2 positionInLocalQueue also counts queues of the same name elsewhere.
        .map(({ metadata, priority = 0 }) => pending(metadata.name, priority, known.get(metadata.name)))
    );
  return workloads
    .filter(
      (workload) =>
        workload.spec?.queueName === queue &&
        workload.spec.active !== false &&
        !isTrue(workload, "QuotaReserved") &&
        !isTrue(workload, "Finished"),
    )
    .toSorted(
      (a, b) =>
        priorityOf(b) - priorityOf(a) ||
        (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? "") ||
        (a.metadata.uid ?? "").localeCompare(b.metadata.uid ?? ""),
    )
    .map((workload) => pending(workload.metadata.name, priorityOf(workload), workload));
}

const priorityOf = ({ spec }: Workload): number => spec?.priority ?? 0;

function pending(name: string, priority: number, workload: Workload | undefined): Pending {
  const [owner] = workload?.metadata.ownerReferences ?? [];
  return {
    name,
    ahead: {
      ...(owner !== undefined && { ownerUid: owner.uid }),
      ownerName: owner?.name ?? name,
      ...(workload !== undefined && { gpus: gpusOfWorkload(workload).gpus }),
      priority,
    },
  };
}

/** What somebody may not see is as if it were not there. */
async function orNothing<T>(
  look: () => Promise<T>,
  ...also: readonly (typeof ClusterUnavailableError)[]
): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ClusterForbiddenError || also.some((kind) => error instanceof kind))
      return undefined;
    throw error;
  }
}
