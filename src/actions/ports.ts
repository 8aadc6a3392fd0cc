import type { Locale } from "../store/database.ts";
import type { LimitUse } from "./limits.ts";
import type { Hold } from "./training/pipelines/hold.ts";
import type { SubmitFailure } from "./training/engine-ports.ts";
import type { PreviewOutlook } from "./training/waiting/preview-outlook.ts";

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
  /** Of the first of these roles that has one. */
  team?: string;
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

export const ENGINE_KINDS = [
  "argo-workflow",
  "pytorch-job",
  "katib-experiment",
  "kubeflow-pipeline",
  "ray-job",
  "train-job",
] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

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
  /** What is otherwise while parameters named before it have one of these values; the first that holds counts. Default: none. */
  depends?: readonly DependentRule[];
  /** A path into the object, e.g. ["spec","pytorchReplicaSpecs","Master",…,"env",{"name":"LR"},"value"]. */
  path: readonly (string | number | Readonly<Record<string, string>>)[];
}

/** Names of parameters with the values of theirs for which the rest is laid over a parameter. */
export interface DependentRule {
  when: Readonly<Record<string, readonly ParameterValue[]>>;
  default?: ParameterValue;
  min?: number;
  max?: number;
  choices?: readonly ParameterValue[];
}

/** Values for some of a stage's parameters, under a name. */
export interface StagePreset {
  name: string;
  summary: Localized;
  parameters: StageParams;
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
  /** Default: none. */
  presets?: readonly StagePreset[];
  /** Of a sweep: the stage that is trained with its best trial's values. */
  tunes?: string;
  /** For the preview's GPU-hours when no earlier run is known. */
  expectedHours: number;
  /** GPUs of what the object only refers to (a WorkflowTemplate, a pipeline); absent: what the object itself asks for. */
  expectedGpus?: number;
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
  /** Made only when its GPUs are free. */
  hold?: Hold;
  /** Of a pipeline: what it runs, in order. */
  steps?: readonly {
    stage: string;
    gate: boolean;
    gpus: number;
    hours: number;
    changes: readonly { path: string; from: string; to: string }[];
  }[];
  /** The object against its template: only what differs. */
  changes: readonly { path: string; from: string; to: string }[];
  freeGpus?: { free: number; total: number };
  /** What it costs, leaves of quotas, and when it may start. */
  outlook?: PreviewOutlook;
  /** What the policy's limits leave, when it was shown. */
  limits?: readonly LimitUse[];
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
    | "no-team"
    | "no-last-run"
    | "not-an-integer"
    | "not-a-number"
    | "not-a-boolean"
    | "not-a-choice"
    | "below-minimum"
    | "above-maximum"
    | "too-long"
    | "bad-characters"
    | "given-twice"
    | "not-started-here"
    | "unknown-object"
    | "already-followed"
    | "nothing-left"
    | "no-best-trial"
    | "step-not-allowed";
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
