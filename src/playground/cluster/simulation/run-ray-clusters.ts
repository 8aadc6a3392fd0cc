import { rayClusterProblem } from "../objects/check-ray-job.ts";
import { isSameJson, type KubernetesObject } from "../objects/kubernetes-object.ts";
import { randomSuffix } from "../objects/names.ts";
import { podStatusOf, type PodSpec } from "../objects/pod-shapes.ts";
import type { RayClusterSpec } from "../objects/ray-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "./cluster-control.ts";
import { createOwnedPod, deleteOwnedPod, ownerOf, podsOwnedBy } from "./owned-pods.ts";
import { DURATION_ANNOTATION, FOREVER } from "./pod-life.ts";

const RAY_CLUSTER = typeOfKind("RayCluster");
const SERVICE = typeOfKind("Service");
const KUBERAY = "raycluster-controller";
const GROUP_LABEL = "ray.io/group";
const HEAD_GROUP = "headgroup";

interface Group {
  name: string;
  type: "head" | "worker";
  replicas: number;
  labels: Readonly<Record<string, string>>;
  spec: PodSpec;
}

/** KubeRay's RayClusters (1.6): a head, its workers and the head's service; ready when all of them are. */
export function runRayClusters(control: ClusterControl): void {
  for (const cluster of control.store.list(RAY_CLUSTER.storage)) {
    // What an earlier version of this cluster has stored may lack everything.
    if (cluster.metadata.deletionTimestamp !== undefined || cluster.spec === undefined) continue;
    const spec = cluster.spec as RayClusterSpec;
    const problem = rayClusterProblem(spec);
    if (problem !== undefined) {
      const message = `${cluster.metadata.namespace}/${cluster.metadata.name}: ${problem}`;
      const event = { type: "Warning" as const, reason: "InvalidRayClusterSpec", message };
      control.record.about(cluster, { ...event, component: KUBERAY, once: true });
      continue;
    }
    const status = keepPods(control, cluster, spec);
    if (!isSameJson(status, cluster.status)) control.setStatus(RAY_CLUSTER, cluster, status, KUBERAY);
  }
}

function keepPods(control: ClusterControl, cluster: KubernetesObject, spec: RayClusterSpec): object {
  const { name } = cluster.metadata;
  const groups = spec.suspend === true ? [] : groupsOf(spec);
  const pods = podsOwnedBy(control, cluster).filter((pod) => pod.metadata.deletionTimestamp === undefined);
  for (const pod of pods)
    if (!groups.some((group) => group.name === pod.metadata.labels?.[GROUP_LABEL]))
      deleteOwnedPod(control, pod);
  let desiredGpus = 0;
  for (const group of groups) {
    const own = pods.filter((pod) => pod.metadata.labels?.[GROUP_LABEL] === group.name);
    for (const pod of own.slice(group.replicas)) deleteOwnedPod(control, pod);
    for (let made = own.length; made < group.replicas; made += 1) createNode(control, cluster, group);
    desiredGpus += group.replicas * gpusOf(group.spec);
  }
  if (groups.length > 0) keepHeadService(control, cluster);
  const isUp = (pod: KubernetesObject): boolean => podStatusOf(pod).phase === "Running";
  const wanted = groups.reduce((sum, { type, replicas }) => sum + (type === "worker" ? replicas : 0), 0);
  const workers = pods.filter((pod) => pod.metadata.labels?.["ray.io/node-type"] === "worker");
  const head = pods.find((pod) => pod.metadata.labels?.["ray.io/node-type"] === "head");
  const ready = workers.filter(isUp).length;
  const isReady = head !== undefined && isUp(head) && ready === wanted;
  const wasReady = (cluster.status as { state?: string } | undefined)?.state === "ready";
  return {
    desiredWorkerReplicas: wanted,
    availableWorkerReplicas: ready,
    readyWorkerReplicas: ready,
    desiredGPU: String(desiredGpus),
    // Once ready it stays so, as KubeRay's own field does.
    ...(spec.suspend === true ? { state: "suspended" } : (isReady || wasReady) && { state: "ready" }),
    head: { podName: head?.metadata.name ?? "", serviceName: `${name}-head-svc` },
    observedGeneration: cluster.metadata.generation ?? 1,
  };
}

function groupsOf({ headGroupSpec, workerGroupSpecs = [] }: RayClusterSpec): Group[] {
  return [
    {
      name: HEAD_GROUP,
      type: "head",
      replicas: 1,
      labels: headGroupSpec.template.metadata?.labels ?? {},
      spec: headGroupSpec.template.spec ?? {},
    },
    ...workerGroupSpecs.map(({ groupName, replicas = 0, numOfHosts = 1, minReplicas, template }) => ({
      name: groupName,
      type: "worker" as const,
      replicas: Math.max(replicas, minReplicas ?? 0) * numOfHosts,
      labels: template.metadata?.labels ?? {},
      spec: (template.spec ?? {}) as PodSpec,
    })),
  ];
}

function createNode(control: ClusterControl, cluster: KubernetesObject, group: Group): void {
  const { name } = cluster.metadata;
  const prefix = group.type === "head" ? name : `${name}-${group.name}`;
  createOwnedPod(control, cluster, KUBERAY, {
    name: `${prefix.slice(0, 50)}-${group.type}${group.type === "head" ? "" : `-${randomSuffix()}`}`,
    labels: {
      "app.kubernetes.io/name": "kuberay",
      "app.kubernetes.io/created-by": "kuberay-operator",
      ...group.labels,
      "ray.io/is-ray-node": "yes",
      "ray.io/cluster": name,
      "ray.io/node-type": group.type,
      [GROUP_LABEL]: group.name,
      "ray.io/identifier": `${name}-${group.type}`,
    },
    annotations: { [DURATION_ANNOTATION]: FOREVER },
    spec: group.spec,
  });
}

function keepHeadService(control: ClusterControl, cluster: KubernetesObject): void {
  const { name, namespace } = cluster.metadata;
  if (control.store.get(SERVICE.storage, namespace, `${name}-head-svc`)) return;
  control.writer.create(
    SERVICE,
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: `${name}-head-svc`,
        ...(namespace !== undefined && { namespace }),
        labels: { "ray.io/cluster": name, "ray.io/node-type": "head" },
        ownerReferences: [ownerOf(cluster)],
      },
      spec: {
        clusterIP: "None",
        selector: { "ray.io/cluster": name, "ray.io/node-type": "head" },
        ports: [{ name: "dashboard", port: 8_265 }],
      },
    },
    { writer: componentWriter(KUBERAY, SERVICE) },
  );
}

const gpusOf = ({ containers = [] }: PodSpec): number =>
  containers.reduce((sum, { resources }) => sum + Number(resources?.limits?.["nvidia.com/gpu"] ?? 0), 0);
