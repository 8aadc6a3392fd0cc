import type { FailureDiagnosis } from "./failures/failure-diagnosis.ts";
import type { QueuePlace } from "./waiting/waiting-explanation.ts";
import type { MetricsSummary } from "./metrics/summarise-metrics.ts";
import type { RunState } from "../../store/database.ts";
import type {
  EngineKind,
  Identity,
  Person,
  PlatformObject,
  RequestId,
  Result,
  Stage,
  StageParams,
} from "../ports.ts";

/** Who and what an object is made for; becomes its labels and annotations. */
export interface ObjectOrigin {
  requestId: RequestId;
  owner: Pick<Person, "slackUserId" | "name" | "team">;
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

/** A part of a run with a state of its own: a step of a workflow, a task of a pipeline, a trial of a sweep. */
export interface RunStep {
  name: string;
  state: "waiting" | RunState | "skipped";
  progress?: number;
  reason?: string;
  startedAt?: string;
  endedAt?: string;
}

/** A place where a run waits for a person. */
export interface RunGate {
  /** The platform's own id of it. */
  id: string;
  name: string;
  message?: string;
}

/** One trial of a sweep: what was tried and what came of it. Values as the platform wrote them. */
export interface RunTrial {
  name: string;
  state: RunState;
  parameters: Readonly<Record<string, string>>;
  metrics: Readonly<Record<string, number>>;
}

/** What a run shows beyond its state; kept as JSON. */
export interface RunDetail {
  steps?: readonly RunStep[];
  gates?: readonly RunGate[];
  /** Pods started again. */
  restarts?: number;
  suspended?: boolean;
  /** Its platform can suspend it. */
  suspendable?: boolean;
  /** While a queue holds it back. */
  queue?: QueuePlace;
  /** Seconds to go, as the platform estimates them. */
  remainingSeconds?: number;
  trials?: {
    counts: Readonly<Partial<Record<RunState, number>>>;
    planned: number;
    objective?: { metric: string; goal: "minimize" | "maximize" };
    best?: RunTrial;
    /** The stage that can be trained with the best one's values. */
    tunes?: string;
    /** The latest, at most 20. */
    recent: readonly RunTrial[];
  };
  /** It failed, and its platform can continue it. */
  continues?: boolean;
  /** Why it failed, as far as its log and its platform tell. */
  failure?: FailureDiagnosis;
  /** Loss and the like, where they are known. */
  metrics?: MetricsSummary;
  /** Addresses of the platform's own pages. */
  links?: readonly { title: string; url: string }[];
}

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
  detail?: RunDetail;
}

export type CancelOutcome =
  | { kind: "cancelled" }
  | { kind: "already-ended"; state: RunState }
  | { kind: "not-found" }
  | { kind: "forbidden"; message: string };

/** A run that exists, as far as it has to be known to follow it. */
export interface AdoptedRun {
  ref: RunRef;
  gpus: number;
}

/** Of what is done to a run short of ending it. */
export type ControlOutcome =
  | { kind: "done" }
  /** It is so already. */
  | { kind: "unchanged" }
  | { kind: "already-ended"; state: RunState }
  | { kind: "not-found" }
  | { kind: "forbidden"; message: string }
  /** The platform does not offer it for such a run; the message says why. */
  | { kind: "not-possible"; message: string };

export interface LogOptions {
  /** Last lines only; default 100, at most 5,000. */
  tailLines?: number;
  signal?: AbortSignal;
}
export interface LogLine {
  /** The pod, or the step where a platform has no pods. */
  pod: string;
  text: string;
}

export interface GpuFootprint {
  gpus: number;
  gpuType?: string;
  /** Of each pod, where the object tells. */
  podGpus?: readonly number[];
}

/** One folder an engine, all proved by one contract suite. Outages are thrown as `ClusterUnavailableError`. */
export interface TrainingEngine {
  kind: EngineKind;
  /** What a person must be allowed to create for starting a run; absent: the object's own kind. */
  access?: { group: string; resource: string };
  /** Pure; objects are built, never templated as text. */
  render(stage: Stage, params: StageParams, origin: ObjectOrigin): PlatformObject;
  /** GPUs that the object asks for in all, and their type where it names one. Pure. */
  footprint(object: PlatformObject): GpuFootprint;
  /** Server-side dry run as that person; nothing is created. */
  check(
    object: PlatformObject,
    cluster: string,
    as: Identity,
  ): Promise<Result<{ warnings: readonly string[] }, SubmitFailure>>;
  submit(object: PlatformObject, cluster: string, as: Identity): Promise<Result<RunRef, SubmitFailure>>;
  observe(ref: RunRef, as: Identity): Promise<RunObservation>;
  /** What an object of those that are watched says by itself of its run, less than `observe` tells. Pure. */
  read?(object: PlatformObject): RunObservation;
  /** Verified end state, not just accepted. */
  cancel(ref: RunRef, as: Identity): Promise<CancelOutcome>;
  /** Gives the GPUs back and keeps the object; absent where the platform has no such thing. */
  suspend?(ref: RunRef, as: Identity): Promise<ControlOutcome>;
  resume?(ref: RunRef, as: Identity): Promise<ControlOutcome>;
  /** Lets a run that waits at a gate go on, or ends it there. */
  decideGate?(
    ref: RunRef,
    gate: string,
    decision: "approve" | "reject",
    as: Identity,
  ): Promise<ControlOutcome>;
  /** Continues a failed run in place, keeping what succeeded; absent: a new run is made. */
  retry?(ref: RunRef, as: Identity): Promise<ControlOutcome>;
  /** Whether runs of that cluster can be continued; absent: all, where there is `retry`. */
  retriesOn?(cluster: string): boolean;
  /** Sets how many trials a sweep makes in all. An ended one goes on with it where its platform can. */
  raiseTrials?(ref: RunRef, total: number, as: Identity): Promise<ControlOutcome>;
  /** A run of that name that exists already, whoever started it; undefined: there is none. */
  adopt?(ref: RunRef, as: Identity): Promise<AdoptedRun | undefined>;
  /** Deletes the object of a run that has ended, with its pods and their logs. */
  remove?(ref: RunRef, as: Identity): Promise<ControlOutcome>;
  /** The kinds of objects whose changes tell of runs. */
  watched: readonly { group: string; version: string; resource: string }[];
  logs(ref: RunRef, as: Identity, options: LogOptions): AsyncIterable<LogLine>;
}
