import { forbidden, methodNotAllowed, notFound } from "../errors/refusals.ts";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { CLUSTER_QUEUE, LOCAL_QUEUE, pendingIn } from "../simulation/kueue/cluster-queue.ts";
import { specOf } from "../simulation/kueue/workload.ts";
import type { ApiServices } from "./api-services.ts";
import { denialMessage, type ClusterIdentity } from "./authorization.ts";

const GROUP = "visibility.kueue.x-k8s.io";
const PATH = new RegExp(
  `^/apis/${GROUP}/v1beta2/(?:namespaces/([^/]+)/(localqueues)|(clusterqueues))/([^/]+)/pendingworkloads$`,
);
const DEFAULT_LIMIT = 1_000;

/** Kueue's visibility API: who waits in a queue, in order. undefined: the path asks for something else. */
export function pendingWorkloads(
  { store, authorizer }: ApiServices,
  identity: ClusterIdentity,
  method: string,
  url: URL,
): object | undefined {
  const [, namespace, local, cluster, encodedName = ""] = PATH.exec(url.pathname) ?? [];
  const resource = local ?? cluster;
  if (resource === undefined) return undefined;
  if (method !== "GET") throw methodNotAllowed();
  const name = decodeURIComponent(encodedName);
  const access = {
    verb: "get",
    group: GROUP,
    resource: `${resource}/pendingworkloads`,
    name,
    ...(namespace !== undefined && { namespace }),
  };
  if (!authorizer.decide(identity, access).allowed)
    throw forbidden({ group: GROUP, resource }, name, denialMessage(identity, access));
  const type = namespace === undefined ? CLUSTER_QUEUE : LOCAL_QUEUE;
  const queue = store.get(type.storage, namespace, name);
  if (!queue) throw notFound({ group: GROUP, resource: resource.slice(0, -1) }, name);
  const { clusterQueue = "" } = (queue.spec ?? {}) as { clusterQueue?: string };
  const inOrder = pendingIn(store, namespace === undefined ? name : clusterQueue);
  const offset = countOf(url, "offset", 0);
  return {
    kind: "PendingWorkloadsSummary",
    apiVersion: `${GROUP}/v1beta2`,
    metadata: {},
    items: withPositions(inOrder)
      .filter(
        ({ metadata, localQueueName }) =>
          namespace === undefined || (metadata.namespace === namespace && localQueueName === name),
      )
      .slice(offset, offset + countOf(url, "limit", DEFAULT_LIMIT)),
  };
}

function withPositions(inOrder: readonly KubernetesObject[]) {
  const inLocal = new Map<string, number>();
  return inOrder.map((workload, positionInClusterQueue) => {
    const { name, namespace, ownerReferences, creationTimestamp } = workload.metadata;
    const { queueName: localQueueName = "", priority = 0 } = specOf(workload);
    const key = `${namespace}/${localQueueName}`;
    const positionInLocalQueue = inLocal.get(key) ?? 0;
    inLocal.set(key, positionInLocalQueue + 1);
    const metadata = { name, namespace, ownerReferences, creationTimestamp };
    return { metadata, priority, localQueueName, positionInClusterQueue, positionInLocalQueue };
  });
}

function countOf(url: URL, parameter: string, fallback: number): number {
  const value = Number(url.searchParams.get(parameter) ?? fallback);
  return Number.isInteger(value) && value >= 0 ? value : fallback;
}
