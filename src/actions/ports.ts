import type { z } from "zod";
import type { Cluster } from "./cluster-ports.ts";
import type { Locale, RunState, Store } from "../store/database.ts";

export type RequestId = string;

/** The person who acts, as far as platforms need to know them. Built from the signed Slack payload only. */
export interface Person {
  slackUserId: string;
  name: string;
  email?: string;
  locale: Locale;
  /** IANA name, e.g. "Asia/Seoul". */
  timeZone: string;
  /** Slack user group ids the person belongs to. */
  userGroups: readonly string[];
  roles: readonly string[];
  identity: Identity;
}

/** Who a cluster sees: Kubernetes impersonation. Never a `system:` user or group. */
export interface Identity {
  user: string;
  groups: readonly string[];
}

export type Result<Value, Failure> = { ok: true; value: Value } | { ok: false; failure: Failure };

export type EngineKind =
  | "argo-workflow"
  | "pytorch-job"
  | "train-job"
  | "ray-job"
  | "kubeflow-pipeline"
  | "katib-experiment";

export interface PlatformObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

export type ParameterValue = string | number | boolean;
export type StageParams = Readonly<Record<string, ParameterValue>>;

/** A parameter of a stage: its type, its limits and the one path of the template that it sets. */
export interface StageParameter {
  name: string;
  summary: string;
  type: "string" | "integer" | "number" | "boolean";
  default: ParameterValue;
  min?: number;
  max?: number;
  choices?: readonly ParameterValue[];
  /** A path into the object, e.g. ["spec","pytorchReplicaSpecs","Master",…,"env",{"name":"LR"},"value"]. */
  path: readonly (string | number | Readonly<Record<string, string>>)[];
}

/** A catalogue entry: what `/train start <name>` starts. */
export interface Stage {
  name: string;
  summary: string;
  engine: EngineKind;
  cluster: string;
  namespace: string;
  template: Readonly<Record<string, unknown>>;
  parameters: readonly StageParameter[];
  /** For the preview's GPU-hours when no earlier run is known. */
  expectedHours: number;
}

export interface RunRef {
  cluster: string;
  namespace: string;
  name: string;
  /** Unknown until the platform has answered. */
  uid?: string;
}

export type SubmitFailure =
  | { kind: "forbidden"; message: string }
  | { kind: "invalid"; message: string; fields: readonly { path: string; message: string }[] }
  | { kind: "quota-exceeded"; message: string }
  /** The name is taken by an object that is not ours; it was left alone. */
  | { kind: "name-taken"; message: string }
  | { kind: "not-installed"; message: string };

export interface RunObservation {
  state: RunState;
  /** 0..1 when the platform or its logs tell. */
  progress?: number;
  /** One line: why it waits, or why it failed. */
  reason?: string;
  startedAt?: Date;
  endedAt?: Date;
  uid?: string;
  /** The object is gone although nobody here asked for it. */
  deletedElsewhere?: boolean;
}

export type CancelOutcome =
  | { kind: "cancelled" }
  | { kind: "already-ended"; state: RunState }
  | { kind: "not-found" }
  | { kind: "forbidden"; message: string };

export interface LogOptions {
  /** Last lines only; default 100, at most 5,000. */
  tailLines?: number;
  signal?: AbortSignal;
}
export interface LogLine {
  pod: string;
  text: string;
}

/** One folder an engine, all proved by one contract suite. Outages are thrown as `ClusterUnavailableError`. */
export interface TrainingEngine {
  kind: EngineKind;
  /** Pure; objects are built, never templated as text. */
  render(stage: Stage, params: StageParams, id: RequestId): PlatformObject;
  /** Server-side dry run as that person; nothing is created. */
  check(
    object: PlatformObject,
    cluster: string,
    as: Identity,
  ): Promise<Result<{ warnings: readonly string[] }, SubmitFailure>>;
  submit(object: PlatformObject, cluster: string, as: Identity): Promise<Result<RunRef, SubmitFailure>>;
  observe(ref: RunRef, as: Identity): Promise<RunObservation>;
  /** Verified end state, not just accepted. */
  cancel(ref: RunRef, as: Identity): Promise<CancelOutcome>;
  logs(ref: RunRef, as: Identity, options: LogOptions): AsyncIterable<LogLine>;
}

export interface Preview {
  title: string;
  cluster: string;
  simulated: boolean;
  namespace: string;
  gpus: number;
  gpuType?: string;
  /** Expected hours and what that figure rests on. */
  hours: number;
  hoursFrom: { kind: "catalogue" } | { kind: "history"; runs: number };
  gpuHours: number;
  /** The object against its template: only what differs. */
  changes: readonly { path: string; from: string; to: string }[];
  freeGpus?: { free: number; total: number };
  dryRun:
    | { kind: "accepted"; warnings: readonly string[] }
    | { kind: "refused"; failure: SubmitFailure }
    | { kind: "unreachable"; message: string };
  allowed: { kind: "yes" } | { kind: "no"; reason: string } | { kind: "unknown" };
  approval:
    | { kind: "not-needed" }
    | { kind: "needed"; quorum: number; approvers: readonly string[]; rule: string; expiresInMs: number };
  object: PlatformObject;
}

export type ActionProgress =
  | { kind: "submitted"; ref: RunRef }
  | { kind: "line"; text: string }
  | { kind: "result"; result: unknown };

export interface ActionDeps {
  store: Store;
  person: Person;
  requestId: RequestId;
  stages: readonly Stage[];
  engines: ReadonlyMap<EngineKind, TrainingEngine>;
  clusters: ReadonlyMap<string, Cluster>;
  now(): Date;
}

export interface ActionDefinition<Input> {
  /** "train-start": file name, command words and audit key. */
  name: string;
  /** One sentence, shown in help. */
  summary: string;
  input: z.ZodType<Input>;
  /** What the policy's defaults hang on. */
  risk: "read" | "change" | "destroy";
  /** Run by the test beside the file. */
  examples: readonly { command: string; input: Input }[];
  preview?(input: Input, deps: ActionDeps): Promise<Preview>;
  run(input: Input, deps: ActionDeps): AsyncIterable<ActionProgress>;
}
