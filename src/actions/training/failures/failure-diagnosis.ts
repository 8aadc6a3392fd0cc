import type { ParameterValue, Stage, StageParams } from "../../ports.ts";
import type { LogLine } from "../engine-ports.ts";

export type FailureKind =
  | "gpu-fault"
  | "image-pull"
  | "quota-exceeded"
  | "cuda-out-of-memory"
  | "shared-memory"
  | "disk-full"
  | "host-out-of-memory"
  | "node-lost"
  | "cuda-version"
  | "hugging-face-auth"
  | "wandb-auth"
  | "data-not-found"
  | "permission-denied"
  | "checkpoint-mismatch"
  | "sequence-too-long"
  | "import-error"
  | "nan-loss"
  | "deadline-exceeded"
  | "python-error"
  | "nccl-network"
  | "nccl-timeout"
  | "unknown";

/** What the log tells about the failure. Texts are cleaned and masked, and still somebody else's words: escape them where they are shown. */
export interface FailureFacts {
  rank?: number;
  /** Of the container or the rank, as the platform or torchrun gives it; negative: ended by that signal. */
  exitCode?: number;
  triedGib?: number;
  freeGib?: number;
  totalGib?: number;
  /** The memory ran out while the weights were loaded, before any batch. */
  whileLoading?: true;
  /** NVIDIA's number of the fault. https://docs.nvidia.com/deploy/xid-errors/ */
  xid?: number;
  path?: string;
  image?: string;
  node?: string;
  module?: string;
  /** A dataset or a model of a hub. */
  repository?: string;
  /** The collective that nobody finished, e.g. "ALLREDUCE". */
  operation?: string;
  /** The exception's class, e.g. "ValueError", and what it said. */
  error?: string;
  message?: string;
  /** Tokens of the longest sequence, and those that the model takes. */
  sequenceTokens?: number;
  modelTokens?: number;
  /** GPUs that the quota has left. */
  freeQuotaGpus?: number;
}

/** Changes of the stage's own parameters only, each within its limits. */
export interface FailureRemedy {
  changes: readonly { parameter: string; from: ParameterValue; to: ParameterValue }[];
  /** The step whose checkpoint one of the changes names. */
  resumeFrom?: number;
}

export interface FailedRun {
  /** Of each pod in the order in which it printed; the pods may stand one after another. The last 5,000 count. */
  lines: readonly LogLine[];
  /** The platform's own words. */
  reason?: string;
  stage: Stage;
  params: StageParams;
}

export interface FailureDiagnosis {
  kind: FailureKind;
  facts: FailureFacts;
  /** Those that matter, oldest first: at most 8 of at most 300 characters. */
  lines: readonly string[];
  /** At most 15 lines, the innermost kept. */
  traceback?: readonly string[];
  lastStep?: number;
  totalSteps?: number;
  lastCheckpointStep?: number;
  /** Absent where nothing that the stage declares would help. */
  remedy?: FailureRemedy;
  /** Words to look up in the documents; nothing of the log but names of exceptions is in it. */
  documentQuery: string;
}
