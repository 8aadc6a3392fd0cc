import type { PlatformObject } from "../../ports.ts";

interface WaitingPod {
  spec?: {
    nodeName?: string;
    nodeSelector?: Record<string, string>;
    containers?: readonly { resources?: Record<"limits" | "requests", Record<string, unknown>> }[];
  };
  status?: {
    phase?: string;
    conditions?: readonly { type: string; status: string; message?: string }[];
    containerStatuses?: readonly {
      image?: string;
      state?: { waiting?: { reason?: string; message?: string } };
    }[];
  };
}

const PULL_REASONS = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];
const GPU = "nvidia.com/gpu";

export interface PodFacts {
  /** Of the largest pod that waits. */
  podGpus?: number;
  gpuType?: string;
  schedulerWords?: string;
  imagePull?: { image?: string; words: string };
  /** A pod that has its node and has not started. */
  placed?: PlatformObject;
}

/** What the pods of a run tell of why they do not run. */
export function readPods(pods: readonly PlatformObject[]): PodFacts {
  const waiting = pods.filter((pod) => contentOf(pod).status?.phase === "Pending");
  const unplaced = waiting.filter((pod) => contentOf(pod).spec?.nodeName === undefined);
  const largest = (unplaced.length > 0 ? unplaced : waiting).toSorted((a, b) => gpusOf(b) - gpusOf(a))[0];
  const gpuType = largest && contentOf(largest).spec?.nodeSelector?.["gpu-type"];
  const words = unplaced
    .flatMap((pod) => contentOf(pod).status?.conditions ?? [])
    .find(({ type, status, message }) => type === "PodScheduled" && status === "False" && message)?.message;
  const placed = waiting.find((pod) => contentOf(pod).spec?.nodeName !== undefined);
  return {
    ...(largest !== undefined && { podGpus: gpusOf(largest) }),
    ...(gpuType !== undefined && { gpuType }),
    ...(words !== undefined && { schedulerWords: words }),
    ...pullOf(waiting),
    ...(placed !== undefined && { placed }),
  };
}

function pullOf(pods: readonly PlatformObject[]): Pick<PodFacts, "imagePull"> {
  for (const pod of pods)
    for (const { image, state } of contentOf(pod).status?.containerStatuses ?? []) {
      const { reason, message } = state?.waiting ?? {};
      if (reason === undefined || !PULL_REASONS.includes(reason)) continue;
      const words = [reason, message].filter(Boolean).join(": ");
      return { imagePull: { words, ...(image !== undefined && image !== "" && { image }) } };
    }
  return {};
}

const contentOf = (pod: PlatformObject): WaitingPod => pod as WaitingPod;

function gpusOf(pod: PlatformObject): number {
  return (contentOf(pod).spec?.containers ?? []).reduce((sum, { resources }) => {
    const asked = Number(resources?.limits?.[GPU] ?? resources?.requests?.[GPU] ?? 0);
    return sum + (Number.isFinite(asked) ? asked : 0);
  }, 0);
}
