import type { PlatformObject } from "../../ports.ts";

/** The parts that are read of Kueue's objects, kueue.x-k8s.io/v1beta2. */
export interface KueueCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}
interface WorkloadContent {
  spec?: {
    queueName?: string;
    priority?: number;
    /** false: taken out of its queue. */
    active?: boolean;
    podSets?: readonly {
      count?: number;
      template?: {
        spec?: {
          nodeSelector?: Record<string, string>;
          containers?: readonly { resources?: Record<"limits" | "requests", Record<string, unknown>> }[];
        };
      };
    }[];
  };
  status?: { conditions?: readonly KueueCondition[]; admission?: { clusterQueue?: string } };
}
export type Workload = PlatformObject & WorkloadContent & { metadata: OwnedMetadata };
interface OwnedMetadata {
  uid?: string;
  creationTimestamp?: string;
  ownerReferences?: readonly { uid: string; name: string }[];
}
export interface FlavorAmounts {
  name: string;
  resources?: readonly { name: string; total?: string | number; nominalQuota?: string | number }[];
}
export type ClusterQueue = PlatformObject & {
  spec?: { resourceGroups?: readonly { flavors?: readonly FlavorAmounts[] }[] };
  status?: { flavorsReservation?: readonly FlavorAmounts[] };
};
export type LocalQueue = PlatformObject & { spec?: { clusterQueue?: string } };

export const KUEUE = { group: "kueue.x-k8s.io", version: "v1beta2" } as const;
export const VISIBILITY = { group: "visibility.kueue.x-k8s.io", version: "v1beta2" } as const;
export const QUEUE_LABEL = "kueue.x-k8s.io/queue-name";
const JOB_UID_LABEL = "kueue.x-k8s.io/job-uid";
const GPU = "nvidia.com/gpu";

export const conditionOf = ({ status }: Workload, type: string): KueueCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

export const isTrue = (workload: Workload, type: string): boolean =>
  conditionOf(workload, type)?.status === "True";

/** Whether it stands for that object. */
export const isWorkloadOf = ({ metadata }: Workload, uid: string): boolean =>
  metadata.labels?.[JOB_UID_LABEL] === uid ||
  metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;

/** GPUs of all its pods, of its largest one, and their type. */
export function gpusOfWorkload({ spec }: Workload): { gpus: number; podGpus: number; gpuType?: string } {
  const sets = (spec?.podSets ?? []).map(({ count = 1, template }) => {
    const each = (template?.spec?.containers ?? []).reduce((sum, { resources }) => {
      const asked = Number(resources?.limits?.[GPU] ?? resources?.requests?.[GPU] ?? 0);
      return sum + (Number.isFinite(asked) ? asked : 0);
    }, 0);
    return { count, each, type: template?.spec?.nodeSelector?.["gpu-type"] };
  });
  const gpuType = sets.find(({ type }) => type !== undefined)?.type;
  return {
    gpus: sets.reduce((sum, { count, each }) => sum + count * each, 0),
    podGpus: Math.max(0, ...sets.map(({ each }) => each)),
    ...(gpuType !== undefined && { gpuType }),
  };
}
