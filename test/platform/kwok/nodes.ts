import type { ObjectToApply } from "../kubernetes-client.ts";

/** Nodes without a machine: four with eight GPUs each, labelled and tainted as the playground's, and one for everything else. */
export const NODES: readonly ObjectToApply[] = [
  gpuNode("gpu-1", "h100"),
  gpuNode("gpu-2", "h100"),
  gpuNode("gpu-3", "a100"),
  gpuNode("gpu-4", "a100"),
  node("cpu-1", { "node-type": "cpu-preprocessing" }, {}, {}),
];

function gpuNode(name: string, gpuType: string): ObjectToApply {
  return node(
    name,
    { "gpu-type": gpuType, "node-type": "gpu-training" },
    { "nvidia.com/gpu": "8" },
    { taints: [{ key: "nvidia.com/gpu", effect: "NoSchedule" }] },
  );
}

function node(
  name: string,
  labels: Record<string, string>,
  resources: Record<string, string>,
  spec: object,
): ObjectToApply {
  const capacity = { cpu: "128", memory: "1000Gi", pods: "500", ...resources };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        ...labels,
      },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    spec,
    status: { capacity, allocatable: capacity },
  };
}
