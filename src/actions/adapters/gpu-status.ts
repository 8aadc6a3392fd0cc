import type { ClusterStatus, GpuNode } from "../cluster-ports.ts";

export interface NodeObject {
  metadata: { name: string; labels?: Record<string, string> };
  spec?: { unschedulable?: boolean };
  status?: { allocatable?: Record<string, string | number>; conditions?: { type: string; status: string }[] };
}
export interface PodObject {
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
  };
  spec?: {
    nodeName?: string;
    containers?: {
      resources?: { limits?: Record<string, string | number>; requests?: Record<string, string | number> };
    }[];
  };
  status?: { phase?: string; conditions?: { type: string; status: string; message?: string }[] };
}

const GPU = "nvidia.com/gpu";

/** Who holds which GPU and who waits, from nodes and pods alone: what the scheduler counts. */
export function summarizeGpus(
  nodes: readonly NodeObject[],
  pods: readonly PodObject[],
): Pick<ClusterStatus, "nodes" | "waiting"> {
  const live = pods.filter(
    (pod) => !["Succeeded", "Failed"].includes(pod.status?.phase ?? "") && gpusOf(pod) > 0,
  );
  const summarized = nodes
    .filter((node) => countOf(node.status?.allocatable) > 0)
    .map((node): GpuNode => {
      const holders = live
        .filter((pod) => pod.spec?.nodeName === node.metadata.name)
        .map((pod) => ({
          owner: ownerOf(pod),
          run: runOf(pod),
          gpus: gpusOf(pod),
          namespace: pod.metadata.namespace,
        }))
        .toSorted((a, b) => b.gpus - a.gpus || a.run.localeCompare(b.run));
      const ready = node.status?.conditions?.find(({ type }) => type === "Ready")?.status === "True";
      return {
        name: node.metadata.name,
        gpuType:
          node.metadata.labels?.["gpu-type"] ?? node.metadata.labels?.["nvidia.com/gpu.product"] ?? "gpu",
        ready: ready && node.spec?.unschedulable !== true,
        total: countOf(node.status?.allocatable),
        allocated: holders.reduce((sum, holder) => sum + holder.gpus, 0),
        holders,
      };
    });
  const waiting = live
    .filter((pod) => pod.spec?.nodeName === undefined)
    .map((pod) => ({
      pod: pod.metadata.name,
      namespace: pod.metadata.namespace,
      owner: ownerOf(pod),
      gpus: gpusOf(pod),
      since: new Date(pod.metadata.creationTimestamp ?? 0),
      reason: pod.status?.conditions?.find(({ type }) => type === "PodScheduled")?.message ?? "",
    }))
    .toSorted((a, b) => a.since.getTime() - b.since.getTime());
  return {
    nodes: summarized.toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })),
    waiting,
  };
}

function gpusOf(pod: PodObject): number {
  return (pod.spec?.containers ?? []).reduce(
    (sum, { resources }) => sum + (countOf(resources?.limits) || countOf(resources?.requests)),
    0,
  );
}

function countOf(resources: Record<string, string | number> | undefined): number {
  const count = Number(resources?.[GPU] ?? 0);
  return Number.isFinite(count) ? count : 0;
}

/** Ours are labelled; of other people's pods the namespace is all that is known. */
function ownerOf(pod: PodObject): string {
  return pod.metadata.labels?.["jibsa.dev/owner"] ?? pod.metadata.namespace;
}

function runOf(pod: PodObject): string {
  const labels = pod.metadata.labels ?? {};
  return labels["training.kubeflow.org/job-name"] ?? labels["notebook-name"] ?? pod.metadata.name;
}
