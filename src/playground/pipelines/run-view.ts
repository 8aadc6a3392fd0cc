import { isObject, stepsOf, type PipelineStep } from "./pipeline-spec.ts";
import type { StoredRun } from "./pipelines-state.ts";

const PENDING_MS = 2_000;
const CANCELING_MS = 2_000;
/** A step that fails does so here. */
const FAIL_AT = 0.6;

export type RunState = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELING" | "CANCELED";

/** A run as the API shows it by now; its steps run one after the other, each as long as the others. Pure. */
export function runView(
  run: StoredRun,
  pipelineSpec: unknown,
  options: { nowMs: number; durationMs: number; withTasks: boolean },
): Record<string, unknown> & { state: RunState } {
  const steps = stepsOf(pipelineSpec);
  const stepMs = options.durationMs / Math.max(1, steps.length);
  const times = timesOf(run, steps.length, stepMs);
  const nowMs = Math.min(options.nowMs, run.terminatedAtMs ?? Number.POSITIVE_INFINITY, times.endMs);
  const isEnded = nowMs >= times.endMs;
  const state: RunState = isEnded
    ? times.failingStep === undefined
      ? "SUCCEEDED"
      : "FAILED"
    : run.terminatedAtMs !== undefined && options.nowMs >= run.terminatedAtMs
      ? options.nowMs >= run.terminatedAtMs + CANCELING_MS
        ? "CANCELED"
        : "CANCELING"
      : nowMs < times.startMs
        ? "PENDING"
        : "RUNNING";
  const finishedMs = isEnded
    ? times.endMs
    : state === "CANCELED"
      ? (run.terminatedAtMs ?? 0) + CANCELING_MS
      : undefined;
  const { createdAtMs, tries: _tries, terminatedAtMs: _terminated, namespace: _namespace, ...stored } = run;
  return {
    ...stored,
    created_at: timeText(createdAtMs),
    scheduled_at: timeText(createdAtMs),
    finished_at: timeText(finishedMs ?? 0),
    state,
    state_history: historyOf(createdAtMs, times.startMs, state, finishedMs ?? nowMs),
    ...(options.withTasks && {
      run_details: { task_details: tasksOf(run, steps, { ...times, stepMs, nowMs, state, finishedMs }) },
    }),
  };
}

interface Span {
  beganMs: number;
  endMs: number | undefined;
  state: RunState;
}

interface Times {
  startMs: number;
  endMs: number;
  fromStep: number;
  failingStep: number | undefined;
}

function timesOf(run: StoredRun, steps: number, stepMs: number): Times {
  const { startedAtMs, fromStep, failingStep } = run.tries.at(-1) ?? {
    startedAtMs: run.createdAtMs,
    fromStep: 0,
  };
  const startMs = startedAtMs + PENDING_MS;
  const until = failingStep === undefined ? steps - fromStep : failingStep - fromStep + FAIL_AT;
  return { startMs, endMs: startMs + until * stepMs, fromStep, failingStep };
}

/** Which step runs at that time. */
export function stepAt(run: StoredRun, pipelineSpec: unknown, nowMs: number, durationMs: number): number {
  const steps = stepsOf(pipelineSpec).length;
  const { startMs, fromStep } = timesOf(run, steps, durationMs / Math.max(1, steps));
  const passed = Math.floor((nowMs - startMs) / (durationMs / Math.max(1, steps)));
  return Math.min(steps - 1, fromStep + Math.max(0, passed));
}

function historyOf(createdMs: number, startMs: number, state: RunState, lastMs: number): object[] {
  const entry = (of: RunState, atMs: number): object => ({ update_time: timeText(atMs), state: of });
  return [
    entry("PENDING", createdMs),
    ...(state === "PENDING" ? [] : [entry("RUNNING", startMs)]),
    ...(state === "PENDING" || state === "RUNNING" ? [] : [entry(state, lastMs)]),
  ];
}

/** Nodes of the workflow behind a run, as 2.17 shows them: nameless parents, no pods, no reasons; children are ids of nodes. */
function tasksOf(
  run: StoredRun,
  steps: readonly PipelineStep[],
  at: Times & { stepMs: number; nowMs: number; state: RunState; finishedMs: number | undefined },
): object[] {
  if (at.state === "PENDING") return [];
  const workflow = `run-${run.run_id.slice(0, 5)}`;
  const whole: Span = { beganMs: at.startMs, endMs: at.finishedMs, state: at.state };
  const node = (name: string, { beganMs, endMs, state }: Span, next: string[] = []): object => ({
    run_id: run.run_id,
    task_id: `${run.run_id}-${name}`,
    display_name: name,
    create_time: timeText(beganMs),
    start_time: timeText(beganMs),
    end_time: timeText(endMs ?? 0),
    state,
    ...(next.length > 0 && { child_tasks: next.map((child) => ({ pod_name: `${workflow}-${child}` })) }),
  });
  const nodes = steps.flatMap((step, index) => {
    const beganMs = at.startMs + Math.max(0, index - at.fromStep) * at.stepMs;
    const isDone = index < at.fromStep;
    if (!isDone && at.nowMs < beganMs) return [];
    const endMs = isDone ? at.startMs : beganMs + (index === at.failingStep ? FAIL_AT : 1) * at.stepMs;
    const isOver = isDone || at.nowMs >= endMs;
    const state = isOver ? (index === at.failingStep ? "FAILED" : "SUCCEEDED") : at.state;
    const span: Span = { beganMs, endMs: isOver ? endMs : at.finishedMs, state };
    const [first = "executor"] = step.inner;
    return [
      node(`${step.key}-driver`, span, [step.key]),
      node(step.key, span, [first]),
      ...step.inner.map((key) => node(key, span, ["executor"])),
      node("executor", span),
    ];
  });
  return [
    node(workflow, whole, ["root-driver"]),
    node("root-driver", whole, ["root"]),
    node("root", whole),
    ...nodes,
  ];
}

/** RFC 3339 in whole seconds, as protobuf's JSON. */
export const timeText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

/** What a run may be given: every parameter known, none missing, of the right type. */
export function parameterProblem(pipelineSpec: unknown, given: Record<string, unknown>): string | undefined {
  const root = isObject(pipelineSpec) && isObject(pipelineSpec["root"]) ? pipelineSpec["root"] : {};
  const inputs = isObject(root["inputDefinitions"]) ? root["inputDefinitions"] : {};
  const declared = isObject(inputs["parameters"]) ? inputs["parameters"] : {};
  const unknown = Object.keys(given).filter((name) => !(name in declared));
  if (unknown.length > 0) return `parameter(s) provided are not required or optional: ${unknown.join(", ")}`;
  const missing = Object.entries(declared).filter(
    ([name, input]) => !(name in given) && isObject(input) && input["isOptional"] !== true,
  );
  return missing.length > 0
    ? `parameter(s) required are missing: ${missing.map(([name]) => name).join(", ")}`
    : undefined;
}
