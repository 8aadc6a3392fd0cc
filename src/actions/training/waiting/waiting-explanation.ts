import type { SchedulerCause } from "./scheduler-message.ts";

/** Where a run stands in a queue of Kueue, https://kueue.sigs.k8s.io/docs/concepts/ */
export interface QueuePlace {
  /** The LocalQueue. */
  queue: string;
  clusterQueue?: string;
  /** From 1, among those that wait in the same LocalQueue; absent where it is not known. */
  place?: number;
  of?: number;
  /** Kueue's own code, e.g. "Pending", "WaitingForQuota", "Inadmissible". */
  reason: string;
  /** Its own sentence. */
  words: string;
  /** GPUs that the quota lacks. */
  gpusMissing?: number;
  /** It asks for more than the queue ever has. */
  exceedsQuota?: true;
  /** It had its quota and lost it, e.g. "Preempted". */
  evicted?: string;
}

/** Why a run waits. Texts are the platform's own words: escape them where they are shown. */
export type WaitingReason =
  /** No node has as many GPUs of that type as one pod asks for, free or not. */
  | { kind: "no-node-large-enough"; gpus: number; gpuType?: string; largest: number }
  | {
      kind: "all-busy";
      gpus: number;
      gpuType?: string;
      /** The node with most free GPUs of that type; absent where the nodes may not be seen. */
      largestFree?: { gpus: number; node: string };
    }
  /** CPU, memory or places for pods are missing, and no GPUs. */
  | { kind: "resources-busy"; resources: readonly string[] }
  | ({ kind: "kueue-quota" } & QueuePlace)
  /** Somebody holds it back: suspended, or taken out of its queue. */
  | { kind: "suspended"; queue?: string }
  | { kind: "image-pull"; image?: string; words: string }
  /** Taints, selectors and cordons leave no node. */
  | { kind: "unschedulable"; nodes: number; causes: readonly SchedulerCause[] }
  | { kind: "volume-not-bound"; claim?: string; words: string }
  /** The namespace's ResourceQuota lets no more pods be made. */
  | { kind: "quota-exceeded"; words: string; quota?: string }
  | { kind: "unknown"; words?: string };

/** Who gets GPUs before. */
export interface RunAhead {
  title: string;
  /** Slack user id; absent: not one of our runs. */
  owner?: string;
  gpus?: number;
  priority?: number;
}

export type StartEstimate =
  | { kind: "range"; from: Date; to: Date; waits: number }
  /** It has waited longer than nearly all did. */
  | { kind: "longer-than-usual"; waits: number }
  /** Too few waits are known. */
  | { kind: "no-history"; waits: number; needed: number };

export interface WaitingExplanation {
  reason: WaitingReason;
  ahead: readonly RunAhead[];
  /** Who holds the GPUs that it waits for, the most first. */
  holders: readonly { owner: string; run: string; gpus: number }[];
  estimate: StartEstimate;
}
