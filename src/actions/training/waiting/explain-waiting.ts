import type { GpuNode } from "../../cluster-ports.ts";
import { parseSchedulerMessage, type SchedulerMessage } from "./scheduler-message.ts";
import type { QueuePlace, WaitingExplanation, WaitingReason } from "./waiting-explanation.ts";

/** What is known of a run that waits; whatever could not be seen is absent. */
export interface WaitingFacts {
  /** GPUs of the largest pod: one node has to have them all. */
  podGpus: number;
  gpuType?: string;
  /** Its place in a queue of Kueue while it has no quota. */
  queue?: QueuePlace;
  suspended?: boolean;
  /** Of the first pod that has no node. */
  schedulerWords?: string;
  imagePull?: { image?: string; words: string };
  /** Why the platform made no pods, from its events. */
  refusal?: string;
  nodes?: readonly GpuNode[];
}

const GPU = "nvidia.com/gpu";

/** The reason that a person can do most about: the queue first, then the image, then what the scheduler says. */
export function explainWaiting(facts: WaitingFacts): WaitingReason {
  const { queue, schedulerWords, imagePull, refusal } = facts;
  if (queue !== undefined)
    return queue.reason === "Deactivated"
      ? { kind: "suspended", queue: queue.queue }
      : { kind: "kueue-quota", ...queue };
  if (facts.suspended === true) return { kind: "suspended" };
  if (imagePull !== undefined) return { kind: "image-pull", ...imagePull };
  if (schedulerWords !== undefined) {
    const message = parseSchedulerMessage(schedulerWords);
    return message === undefined ? { kind: "unknown", words: schedulerWords } : ofScheduler(facts, message);
  }
  if (refusal === undefined) return { kind: "unknown" };
  if (!/exceeded quota/.test(refusal)) return { kind: "unknown", words: refusal };
  const quota = /exceeded quota: ([^,\s]+)/.exec(refusal)?.[1];
  return { kind: "quota-exceeded", words: refusal, ...(quota !== undefined && { quota }) };
}

const PULL_WORDS = /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)\b/;

/** From the one line that the platform gives for a run. */
export function explainWords(
  words: string,
  wanted: Pick<WaitingFacts, "podGpus" | "gpuType">,
): WaitingReason {
  if (!PULL_WORDS.test(words)) return explainWaiting({ ...wanted, schedulerWords: words });
  const image = /image "([^"]+)"/.exec(words)?.[1];
  return { kind: "image-pull", words, ...(image !== undefined && { image }) };
}

function ofScheduler(facts: WaitingFacts, { nodes, causes }: SchedulerMessage): WaitingReason {
  const volume = causes.find((cause) => cause.kind === "volume");
  if (volume !== undefined) {
    const { words, claim } = volume;
    return { kind: "volume-not-bound", words, ...(claim !== undefined && { claim }) };
  }
  const short = causes.flatMap((cause) => (cause.kind === "short" ? [cause.resource] : []));
  if (short.includes(GPU)) return ofGpus(facts);
  if (short.length > 0) return { kind: "resources-busy", resources: short };
  if (causes.some(({ kind }) => kind === "other") && facts.schedulerWords !== undefined)
    return { kind: "unknown", words: facts.schedulerWords };
  return { kind: "unschedulable", nodes, causes };
}

function ofGpus({ podGpus, gpuType, nodes }: WaitingFacts): WaitingReason {
  const wanted = { gpus: podGpus, ...(gpuType !== undefined && { gpuType }) };
  if (nodes === undefined) return { kind: "all-busy", ...wanted };
  const fitting = nodesOfType(nodes, gpuType);
  const largest = Math.max(0, ...fitting.map(({ total }) => total));
  if (largest < podGpus) return { kind: "no-node-large-enough", ...wanted, largest };
  const free = largestFree(fitting);
  return { kind: "all-busy", ...wanted, ...(free !== undefined && { largestFree: free }) };
}

export const nodesOfType = (nodes: readonly GpuNode[], gpuType: string | undefined): readonly GpuNode[] =>
  nodes.filter((node) => node.total > 0 && (gpuType === undefined || node.gpuType === gpuType));

/** The most GPUs that one node has free. */
export function largestFree(nodes: readonly GpuNode[]): { gpus: number; node: string } | undefined {
  const free = nodes
    .filter(({ ready }) => ready)
    .map(({ name, total, allocated }) => ({ gpus: Math.max(0, total - allocated), node: name }));
  return free.reduce<(typeof free)[number] | undefined>(
    (best, one) => (best === undefined || one.gpus > best.gpus ? one : best),
    undefined,
  );
}

/** Who holds GPUs of that type, the most first; the pods of one run together. */
export function holdersOf(
  nodes: readonly GpuNode[],
  gpuType: string | undefined,
): WaitingExplanation["holders"] {
  const sums = new Map<string, { owner: string; run: string; gpus: number }>();
  for (const { owner, run, gpus } of nodesOfType(nodes, gpuType).flatMap(({ holders }) => holders)) {
    const key = JSON.stringify([owner, run]);
    sums.set(key, { owner, run, gpus: (sums.get(key)?.gpus ?? 0) + gpus });
  }
  return [...sums.values()].toSorted((a, b) => b.gpus - a.gpus || a.run.localeCompare(b.run));
}
