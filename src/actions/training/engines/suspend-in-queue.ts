import { ClusterForbiddenError, type Cluster, type ObjectRef } from "../../cluster-ports.ts";
import type { Identity, PlatformObject } from "../../ports.ts";
import type { ControlOutcome } from "../engine-ports.ts";
import { isWorkloadOf, KUEUE, QUEUE_LABEL, type Workload } from "../waiting/kueue-objects.ts";
import { controlled } from "./control-outcome.ts";

/**
 * Kueue lets what it has admitted run again: a job that waits in one of its queues is suspended by its Workload (`spec.active`,
 * https://kueue.sigs.k8s.io/docs/concepts/workload/#active). undefined: the job is in no queue.
 */
export async function suspendInQueue(
  cluster: Cluster,
  object: PlatformObject,
  suspend: boolean,
  as: Identity,
): Promise<ControlOutcome | undefined> {
  if (object.metadata.labels?.[QUEUE_LABEL] === undefined) return undefined;
  const { namespace, uid } = object.metadata as { namespace: string; uid?: string };
  const workloads: ObjectRef = { ...KUEUE, resource: "workloads", namespace, name: "" };
  let own: Workload | undefined;
  try {
    const all: readonly Workload[] = await cluster.list({ ...KUEUE, resource: "workloads", namespace }, as);
    own = all.find((workload) => isWorkloadOf(workload, uid ?? ""));
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return { kind: "forbidden", message: error.message };
    throw error;
  }
  // The label alone does nothing where Kueue is not installed.
  if (own === undefined) return undefined;
  if ((own.spec?.active ?? true) !== suspend) return { kind: "unchanged" };
  return controlled(
    await cluster.patch({ ...workloads, name: own.metadata.name }, { spec: { active: !suspend } }, as),
  );
}
