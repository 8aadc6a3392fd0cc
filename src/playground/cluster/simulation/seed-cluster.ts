import type { ClusterClock } from "../cluster-clock.ts";
import type { ObjectMeta } from "../objects/kubernetes-object.ts";
import { formatTime } from "../objects/kubernetes-object.ts";
import type { ObjectWriter } from "../objects/object-writer.ts";
import { apiVersionOf, typeOfKind } from "../objects/resource-types.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { componentWriter } from "./cluster-control.ts";
import { DURATION_ANNOTATION, FOREVER } from "./pod-life.ts";

const SIMULATED = { "jibsa.dev/simulated": "true" };
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
export function seedCluster(store: ObjectStore, writer: ObjectWriter, clock: ClusterClock): void {
  if (store.list("/nodes").length > 0) return;
  const create = (kind: string, metadata: Partial<ObjectMeta>, content: object, status?: object): void => {
    const type = typeOfKind(kind);
    const made = writer.create(
      type,
      { apiVersion: apiVersionOf(type), kind, metadata, ...content },
      { writer: componentWriter("simulation", type) },
    );
    if (status)
      writer.update(type, { ...made, status }, { writer: componentWriter("simulation", type, "status") });
  };
  for (const name of NAMESPACES) create("Namespace", { name, annotations: SIMULATED }, {});

  const node = (
    number: number,
    name: string,
    role: string,
    gpu: { type: string; count: number } | undefined,
    size: { cpu: string; memory: string },
  ): void => {
    const capacity = { ...size, pods: "110", ...(gpu && { "nvidia.com/gpu": String(gpu.count) }) };
    const labels = {
      ...SIMULATED,
      "kubernetes.io/hostname": name,
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "node-type": role,
      ...(gpu && { "gpu-type": gpu.type }),
    };
    const taints = gpu && [{ key: "nvidia.com/gpu", effect: "NoSchedule" }];
    create(
      "Node",
      { name, labels },
      { spec: { ...(taints && { taints }) } },
      nodeStatus(number, name, capacity, clock.nowMs()),
    );
  };
  const big = { cpu: "128", memory: "1000Gi" };
  const small = { cpu: "64", memory: "512Gi" };
  node(1, "gpu-1", "gpu-training", { type: "h100", count: 8 }, big);
  node(2, "gpu-2", "gpu-training", { type: "h100", count: 8 }, big);
  node(3, "infer-1", "gpu-inference", { type: "l40s", count: 4 }, small);
  node(4, "cpu-1", "cpu-preprocessing", undefined, small);

  const claim = (name: string, storage: string): void =>
    create(
      "PersistentVolumeClaim",
      { name, namespace: "llm-training" },
      {
        spec: {
          accessModes: ["ReadWriteMany"],
          storageClassName: "nfs-storage",
          volumeName: `pv-${name}`,
          resources: { requests: { storage } },
        },
      },
      { phase: "Bound", capacity: { storage }, accessModes: ["ReadWriteMany"] },
    );
  claim("llm-training-data-pvc", "10Ti");
  claim("model-output-pvc", "2Ti");

  const pod = (name: string, namespace: string, owner: string, gpuType: string, gpus: number): void =>
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
              image: "unsloth-korean:2026.10",
              resources: { limits: { cpu: "8", memory: "64Gi", "nvidia.com/gpu": String(gpus) } },
            },
          ],
        },
      },
    );
  pod("notebook-haneul-0", "kubeflow-user-example-com", "haneul", "h100", 1);
  pod("vision-pretrain-0", "llm-training", "dongwook", "h100", 4);
  pod("korean-llm-inference-0", "inference", "mlops", "l40s", 1);
  pod("korean-llm-inference-1", "inference", "mlops", "l40s", 1);
}

function nodeStatus(number: number, name: string, capacity: object, nowMs: number): object {
  const time = formatTime(nowMs);
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: "InternalIP", address: `10.0.0.${number}` },
      { type: "Hostname", address: name },
    ],
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "KubeletReady",
        message: "kubelet is posting ready status (simulated)",
        lastHeartbeatTime: time,
        lastTransitionTime: time,
      },
    ],
    nodeInfo: {
      kubeletVersion: "v1.36.3-simulated",
      osImage: "simulated",
      kernelVersion: "simulated",
      containerRuntimeVersion: "simulated://1",
      operatingSystem: "linux",
      architecture: "amd64",
      bootID: "",
      machineID: "",
      systemUUID: "",
      kubeProxyVersion: "",
    },
  };
}
