import type { Cluster } from "#src/actions/cluster-ports.ts";
import type { Identity, PlatformObject } from "#src/actions/ports.ts";

const operator: Identity = { user: "ops@example.com", groups: ["jibsa:operators"] };
const apiVersion = "kueue.x-k8s.io/v1beta2";

/** A flavor for the nodes of a type, a ClusterQueue with that many GPUs, and LocalQueues of it, as an operator makes them. */
export async function makeQueues(
  cluster: Cluster,
  options: { clusterQueue: string; gpus: number; gpuType: string; namespace: string; localQueues: string[] },
): Promise<void> {
  const { clusterQueue, gpus, gpuType, namespace, localQueues } = options;
  const enough = [
    { name: "cpu", nominalQuota: "1000" },
    { name: "memory", nominalQuota: "10Ti" },
  ];
  const resources = [...enough, { name: "nvidia.com/gpu", nominalQuota: String(gpus) }];
  const made = [
    object("ResourceFlavor", gpuType, { nodeLabels: { "gpu-type": gpuType } }),
    object("ClusterQueue", clusterQueue, {
      namespaceSelector: {},
      resourceGroups: [
        { coveredResources: resources.map(({ name }) => name), flavors: [{ name: gpuType, resources }] },
      ],
    }),
    ...localQueues.map((name) => object("LocalQueue", name, { clusterQueue }, namespace)),
  ];
  for (const one of made) {
    const created = await cluster.create(one, operator);
    if (!created.ok) throw new Error(JSON.stringify(created.failure));
  }
}

function object(kind: string, name: string, spec: object, namespace?: string): PlatformObject {
  const metadata = { name, ...(namespace !== undefined && { namespace }) } as PlatformObject["metadata"];
  return { apiVersion, kind, metadata, spec };
}
