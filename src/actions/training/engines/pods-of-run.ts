import type { PlatformObject } from "../../ports.ts";
import type { RunView } from "./create-kubernetes-engine.ts";
import { readProgress } from "./read-progress.ts";

const PODS = { group: "", version: "v1", resource: "pods" } as const;
const PROGRESS_LINES = 20;

/** The pods with these labels, by rank, then by name. */
export async function listPods(
  { cluster, ref, as }: RunView,
  labelSelector: string,
  rank: (pod: PlatformObject) => number = () => 0,
): Promise<readonly PlatformObject[]> {
  const pods = await cluster.list({ ...PODS, namespace: ref.namespace }, as, { labelSelector });
  return pods.toSorted((a, b) => rank(a) - rank(b) || a.metadata.name.localeCompare(b.metadata.name));
}

/** The scheduler's own words, from the first pod that cannot be placed; an image that cannot be pulled. */
export function waitingReason(pods: readonly PlatformObject[]): { reason?: string } {
  for (const pod of pods) {
    const { conditions, containerStatuses } = (pod["status"] ?? {}) as {
      conditions?: { type: string; status: string; message?: string }[];
      containerStatuses?: { state?: { waiting?: { reason?: string; message?: string } } }[];
    };
    const unplaced = conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
    if (unplaced?.message !== undefined) return { reason: unplaced.message };
    const waiting = containerStatuses?.map(({ state }) => state?.waiting).find(Boolean);
    if (
      waiting?.reason !== undefined &&
      waiting.reason !== "ContainerCreating" &&
      waiting.reason !== "PodInitializing"
    )
      return { reason: [waiting.reason, waiting.message].filter(Boolean).join(": ") };
  }
  return {};
}

/** Containers that were started again, over all pods. */
export function restartsOf(pods: readonly PlatformObject[]): number {
  return pods.reduce((sum, pod) => {
    const { containerStatuses } = (pod["status"] ?? {}) as {
      containerStatuses?: { restartCount?: number }[];
    };
    return sum + (containerStatuses ?? []).reduce((own, { restartCount = 0 }) => own + restartCount, 0);
  }, 0);
}

/** What the training script last printed of its progress, 0..1. */
export async function progressInLog(
  { cluster, ref, as }: RunView,
  pod: string,
  container: string,
): Promise<{ progress?: number }> {
  const lines: string[] = [];
  const target = { namespace: ref.namespace, pod, container };
  for await (const line of cluster.logs(target, as, { tailLines: PROGRESS_LINES })) lines.push(line);
  const progress = readProgress(lines);
  return progress === undefined ? {} : { progress };
}

/** The pod's containers have started and not ended. */
export const isRunning = (pod: PlatformObject): boolean =>
  (pod["status"] as { phase?: string } | undefined)?.phase === "Running";

/** When the first container of all pods began to run. */
export function startOfPods(pods: readonly PlatformObject[]): { startedAt?: Date } {
  const times = pods.flatMap((pod) => {
    const { containerStatuses = [] } = (pod["status"] ?? {}) as {
      containerStatuses?: {
        state?: { running?: { startedAt?: string }; terminated?: { startedAt?: string } };
      }[];
    };
    return containerStatuses.flatMap(
      ({ state }) => state?.running?.startedAt ?? state?.terminated?.startedAt ?? [],
    );
  });
  const [first] = times.toSorted();
  return first === undefined ? {} : { startedAt: new Date(first) };
}
