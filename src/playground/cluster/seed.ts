import type { KubeObject } from "./kube-object.ts";
import type { ObjectStore } from "./object-store.ts";
import { apiVersionOf, typeOfKind } from "./resource-types.ts";
import { DURATION_ANNOTATION, FOREVER } from "./simulated-life.ts";

const NAMESPACES = [
  "default",
  "kube-system",
  "llm-training",
  "inference",
  "kubeflow",
  "kubeflow-user-example-com",
  "ray-system",
  "mlops",
  "monitoring",
  "argo",
  "argo-rollouts",
];

/** A small on-premises cluster with some of its GPUs in use. Only into an empty store. */
export function seedCluster(store: ObjectStore): void {
  if (store.list(typeOfKind("Node")).length > 0) return;
  const create = (kind: string, metadata: KubeObject["metadata"], rest: object) =>
    store.create(typeOfKind(kind), { apiVersion: apiVersionOf(typeOfKind(kind)), kind, metadata, ...rest });
  const simulated = { "jibsa.dev/simulated": "true" };
  for (const name of NAMESPACES)
    create(
      "Namespace",
      { name, labels: { "kubernetes.io/metadata.name": name }, annotations: simulated },
      { status: { phase: "Active" } },
    );
  const node = (
    name: string,
    type: string,
    gpuType: string | undefined,
    gpus: number,
    cpu: number,
    memory: string,
  ) =>
    create(
      "Node",
      {
        name,
        labels: {
          ...simulated,
          "kubernetes.io/hostname": name,
          "node-type": type,
          ...(gpuType !== undefined && { "gpu-type": gpuType }),
        },
      },
      {
        spec: gpus === 0 ? {} : { taints: [{ key: "nvidia.com/gpu", effect: "NoSchedule" }] },
        status: {
          conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
          allocatable: {
            cpu: String(cpu),
            memory,
            pods: "110",
            ...(gpus > 0 && { "nvidia.com/gpu": String(gpus) }),
          },
        },
      },
    );
  node("gpu-1", "gpu-training", "h100", 8, 128, "1000Gi");
  node("gpu-2", "gpu-training", "h100", 8, 128, "1000Gi");
  node("infer-1", "gpu-inference", "l40s", 4, 64, "512Gi");
  node("cpu-1", "cpu-preprocessing", undefined, 0, 64, "512Gi");
  for (const [name, storage] of [
    ["llm-training-data-pvc", "10Ti"],
    ["model-output-pvc", "2Ti"],
  ] as const)
    create(
      "PersistentVolumeClaim",
      { name, namespace: "llm-training" },
      {
        spec: {
          accessModes: ["ReadWriteMany"],
          storageClassName: "nfs-storage",
          resources: { requests: { storage } },
        },
        status: { phase: "Bound" },
      },
    );
  const pod = (name: string, namespace: string, owner: string, gpuType: string, gpus: number) =>
    create(
      "Pod",
      {
        name,
        namespace,
        labels: { "jibsa.dev/owner": owner },
        annotations: { [DURATION_ANNOTATION]: FOREVER },
      },
      {
        spec: {
          nodeSelector: { "gpu-type": gpuType },
          tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }],
          containers: [
            {
              name: "main",
              image: "unsloth-korean",
              resources: { limits: { cpu: "8", memory: "64Gi", "nvidia.com/gpu": gpus } },
            },
          ],
        },
        status: { phase: "Pending" },
      },
    );
  pod("notebook-haneul-0", "kubeflow-user-example-com", "haneul", "h100", 1);
  pod("vision-pretrain-0", "llm-training", "dongwook", "h100", 4);
  pod("korean-llm-inference-0", "inference", "mlops", "l40s", 1);
  pod("korean-llm-inference-1", "inference", "mlops", "l40s", 1);
}
