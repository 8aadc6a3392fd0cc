import type { Identity, Result } from "../../../ports.ts";

/** What an installation of Kubeflow Pipelines refuses, in its own words. Outages are thrown as `ClusterUnavailableError`. */
export interface PipelinesRefusal {
  kind: "forbidden" | "not-found" | "invalid" | "conflict";
  message: string;
}
export type PipelinesAnswer<Value> = Promise<Result<Value, PipelinesRefusal>>;

export type RuntimeState =
  | "RUNTIME_STATE_UNSPECIFIED"
  | "PENDING"
  | "RUNNING"
  | "SUCCEEDED"
  | "SKIPPED"
  | "FAILED"
  | "CANCELING"
  | "CANCELED"
  | "PAUSED";

/** A node of the workflow behind a run: a step, or what stands around it. */
export interface PipelineTask {
  name: string;
  state: RuntimeState | undefined;
  error: string | undefined;
  startedAt: string | undefined;
  endedAt: string | undefined;
}

export interface PipelineRun {
  runId: string;
  displayName: string;
  description: string;
  createdAt: string;
  finishedAt: string | undefined;
  state: RuntimeState | undefined;
  error: string | undefined;
  /** Which pipeline it runs; undefined: one that was sent along with it. */
  version: { pipelineId: string; versionId: string } | undefined;
  /** Undefined where the installation does not tell (before 2.0.4, and 3.0). */
  tasks: readonly PipelineTask[] | undefined;
  stateHistory: readonly {
    state: RuntimeState | undefined;
    at: string | undefined;
    error: string | undefined;
  }[];
}

/** As the compiled pipeline declares them. */
export type PipelineParameterType =
  | "STRING"
  | "NUMBER_INTEGER"
  | "NUMBER_DOUBLE"
  | "BOOLEAN"
  | "LIST"
  | "STRUCT"
  | "TASK_FINAL_STATUS";

export interface PipelineVersion {
  pipelineId: string;
  versionId: string;
  name: string;
  /** Undefined where its specification cannot be read (a pipeline of version 1). */
  parameters: Readonly<Record<string, { type: PipelineParameterType; isOptional: boolean }>> | undefined;
  /** Its own steps, each after those that it depends on. */
  tasks: readonly { key: string; name: string }[];
  /** Steps inside of a condition or a loop. */
  innerTasks: readonly { key: string; name: string }[];
}

export interface RunDraft {
  displayName: string;
  description: string;
  experimentId: string;
  version: { pipelineId: string; versionId: string };
  parameters: Readonly<Record<string, unknown>>;
  pipelineRoot?: string | undefined;
  serviceAccount?: string | undefined;
}

export interface RecurringRun {
  recurringRunId: string;
  displayName: string;
  isEnabled: boolean;
  /** Six fields, the first are seconds; undefined: by interval. */
  cron: string | undefined;
  intervalSeconds: number | undefined;
  maxConcurrency: number;
}

/** The REST API v2beta1, https://www.kubeflow.org/docs/components/pipelines/reference/api/kubeflow-pipeline-api-spec/ */
export interface KubeflowPipelines {
  isReachable(): Promise<{ reachable: true; multiUser: boolean } | { reachable: false; reason: string }>;
  /** Where the pods of a run of that namespace are. */
  podNamespace(namespace: string): string;
  /** One of the namespace, else one that is shared by all. */
  findPipeline(name: string, namespace: string, as: Identity): PipelinesAnswer<{ pipelineId: string }>;
  /** By its name; undefined: the newest. */
  findVersion(pipelineId: string, name: string | undefined, as: Identity): PipelinesAnswer<PipelineVersion>;
  getVersion(
    version: { pipelineId: string; versionId: string },
    as: Identity,
  ): PipelinesAnswer<PipelineVersion>;
  findExperiment(
    name: string,
    namespace: string,
    as: Identity,
  ): PipelinesAnswer<{ experimentId: string } | undefined>;
  createExperiment(name: string, namespace: string, as: Identity): PipelinesAnswer<{ experimentId: string }>;
  /** All of that name, archived ones too, the oldest first. */
  findRuns(displayName: string, namespace: string, as: Identity): PipelinesAnswer<readonly PipelineRun[]>;
  getRun(runId: string, as: Identity): PipelinesAnswer<PipelineRun>;
  createRun(draft: RunDraft, as: Identity): PipelinesAnswer<PipelineRun>;
  /** Accepted, not done: the run is CANCELING first. */
  terminateRun(runId: string, as: Identity): PipelinesAnswer<void>;
  retryRun(runId: string, as: Identity): PipelinesAnswer<void>;
  listRecurringRuns(namespace: string, as: Identity): PipelinesAnswer<readonly RecurringRun[]>;
  createRecurringRun(
    draft: RunDraft & { schedule: { cron: string } | { intervalSeconds: number }; maxConcurrency: number },
    as: Identity,
  ): PipelinesAnswer<RecurringRun>;
  enableRecurringRun(recurringRunId: string, isEnabled: boolean, as: Identity): PipelinesAnswer<void>;
  deleteRecurringRun(recurringRunId: string, as: Identity): PipelinesAnswer<void>;
}
