import type { z } from "zod";
import type { Store } from "../store/database.ts";
import type { Cluster } from "./cluster-ports.ts";
import type { RateTable } from "./rate-table.ts";
import type {
  EngineKind,
  FieldProblem,
  Person,
  PlatformObject,
  PolicySubject,
  Preview,
  RequestId,
  Result,
  Stage,
} from "./ports.ts";
import type { Pipeline } from "./training/pipelines/pipeline.ts";
import type { MetricsSources } from "./training/metrics/look-at-metrics.ts";
import type { RunRef, SubmitFailure, TrainingEngine } from "./training/engine-ports.ts";
import type { SafetySettings } from "./training/safety/check-object-safety.ts";

export interface ActionDeps {
  store: Store;
  person: Person;
  requestId: RequestId;
  stages: readonly Stage[];
  /** Absent: none are configured. */
  pipelines?: readonly Pipeline[];
  engines: ReadonlyMap<EngineKind, TrainingEngine>;
  clusters: ReadonlyMap<string, Cluster>;
  /** undefined: nothing has a price. */
  rates?: RateTable | undefined;
  /** Default: objects contain what the stages' templates do, and nothing of the nodes themselves. */
  safety?: SafetySettings;
  /** Where metrics of runs are besides their logs; absent: nowhere. */
  metrics?: MetricsSources;
  now(): Date;
}

/** For looking and planning: whether the policy lets the person do this to such a thing. What may not be seen is as if it were not there. */
export interface PlanDeps extends ActionDeps {
  may(subject: PolicySubject): boolean;
}

interface ActionBase<Input> {
  /** "train-start": file name, command words and audit key. */
  name: string;
  /** One sentence, shown in help. */
  summary: string;
  input: z.ZodType<Input>;
  /** Run by the test beside the file. */
  examples: readonly { command: string; input: Input }[];
}

/** Looks only; answered at once. */
export interface ReadAction<Input, Output> extends ActionBase<Input> {
  risk: "read";
  read(input: Input, deps: PlanDeps): Promise<Result<Output, readonly FieldProblem[]>>;
}

export interface PlannedChange {
  subject: PolicySubject;
  /** What would be sent, frozen: an approval is bound to its hash. */
  object: PlatformObject;
  preview: Omit<Preview, "approval" | "object" | "subject" | "limits">;
}

export type ChangeOutcome =
  | {
      kind: "run-started";
      ref: RunRef;
      engine: EngineKind;
      stage: string;
      title: string;
      gpus: number;
    }
  | { kind: "done" }
  /** Goes on by itself, step by step. */
  | { kind: "pipeline-started" }
  | { kind: "refused"; failure: ChangeFailure };

export type ChangeFailure =
  | SubmitFailure
  /** The run has ended; the message is its state. */
  | { kind: "ended"; message: string }
  /** The platform does not offer it for such a run; the message says why. */
  | { kind: "not-possible"; message: string };

/** Changes a platform: shown first, then, with leave, carried out from the row. */
export interface ChangeAction<Input> extends ActionBase<Input> {
  risk: "change" | "destroy";
  /** What it starts holds GPUs until its request ends: the policy's limits count it. "step-by-step": the requests of its steps do. */
  reservesGpus?: "at-once" | "step-by-step";
  plan(input: Input, deps: PlanDeps): Promise<Result<PlannedChange, readonly FieldProblem[]>>;
  /** May be called again after a crash: the second time finds what the first has made. Outages are thrown. */
  run(input: Input, object: PlatformObject, deps: ActionDeps): Promise<ChangeOutcome>;
}

/** Keeps the types of one operation together; one file each, listed in `registry.ts`. */
export function defineRead<Input, Output>(action: ReadAction<Input, Output>): ReadAction<Input, Output> {
  return action;
}
export function defineChange<Input>(action: ChangeAction<Input>): ChangeAction<Input> {
  return action;
}
