import type { Locale, RunState } from "../store/database.ts";

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

/** Who somebody is cannot be known now: worth another try later. */
export class PersonUnavailableError extends Error {
  override name = "PersonUnavailableError";
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

/** A text of the configuration in each language. */
export type Localized = Readonly<Record<Locale, string>>;

export type ParameterValue = string | number | boolean;
export type StageParams = Readonly<Record<string, ParameterValue>>;

/** A parameter of a stage: its type, its limits and the one path of the template that it sets. */
export interface StageParameter {
  name: string;
  summary: Localized;
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
  summary: Localized;
  engine: EngineKind;
  cluster: string;
  namespace: string;
  template: Readonly<Record<string, unknown>>;
  parameters: readonly StageParameter[];
  /** For the preview's GPU-hours when no earlier run is known. */
  expectedHours: number;
  /** On top of the policy's approval rules; the strictest counts. */
  approval?: ApprovalNeed;
}

export interface ApprovalNeed {
  /** Needed only above this size; undefined: always. */
  aboveGpuHours?: number;
  aboveGpus?: number;
  /** How many different people, at least 1; the requester never counts. */
  quorum: number;
  /** Names of roles, or user groups by id or handle. */
  approvers: readonly string[];
  expiresInMs: number;
}

/** Who and what an object is made for; becomes its labels and annotations. */
export interface ObjectOrigin {
  requestId: RequestId;
  owner: Pick<Person, "slackUserId" | "name">;
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
  render(stage: Stage, params: StageParams, origin: ObjectOrigin): PlatformObject;
  /** GPUs that the object asks for in all, and their type where it names one. Pure. */
  footprint(object: PlatformObject): { gpus: number; gpuType?: string };
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
  /** What the policy was asked, kept for asking it again when the request is carried out. */
  subject: PolicySubject;
}

/** What is wrong with one field of an input; the words are the reader's language's business. */
export interface FieldProblem {
  field: string;
  code:
    | "required"
    | "unknown-field"
    | "unknown-stage"
    | "unknown-run"
    | "unknown-cluster"
    | "ambiguous-run"
    | "not-an-integer"
    | "not-a-number"
    | "not-a-boolean"
    | "not-a-choice"
    | "below-minimum"
    | "above-maximum"
    | "too-long"
    | "bad-characters"
    | "given-twice";
  given?: string;
  /** Limits or choices, as a person would type them. */
  allowed?: string;
  /** The nearest thing that exists. */
  suggestion?: string;
}

/** What the policy's rules look at. */
export interface PolicySubject {
  action: string;
  stage?: string;
  namespace?: string;
  cluster?: string;
  gpus?: number;
  gpuHours?: number;
  /** Slack user id of whom the thing belongs to. */
  owner?: string;
  stageApproval?: ApprovalNeed;
}
