import { isObject, stepsOf, type PipelineStep } from "./pipeline-spec.ts";
import type { StoredRun } from "./pipelines-state.ts";

const PENDING_MS = 2_000;
const CANCELING_MS = 2_000;
/** A step that fails does so here. */
const FAIL_AT = 0.6;
const FAILURE = "The step 'main' exited with code 1: torch.OutOfMemoryError: CUDA out of memory";

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
  const nowMs = Math.min(options.nowMs, run.terminatedAtMs ?? Number.POSITIVE_INFINITY);
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
  const error = state === "FAILED" ? { error: { code: 2, message: FAILURE, details: [] } } : {};
  return {
    ...stored,
    created_at: timeText(createdAtMs),
    scheduled_at: timeText(createdAtMs),
    ...(finishedMs !== undefined && { finished_at: timeText(finishedMs) }),
    state,
    ...error,
    state_history: historyOf(createdAtMs, times.startMs, state, finishedMs ?? nowMs),
    ...(options.withTasks && {
      run_details: { task_details: tasksOf(run, steps, { ...times, stepMs, nowMs, state, finishedMs }) },
    }),
  };
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

function tasksOf(
  run: StoredRun,
  steps: readonly PipelineStep[],
  at: Times & { stepMs: number; nowMs: number; state: RunState; finishedMs: number | undefined },
): object[] {
  const root = {
    run_id: run.run_id,
    task_id: `${run.run_id}-root`,
    display_name: "root",
    create_time: timeText(run.createdAtMs),
    start_time: timeText(at.startMs),
    ...(at.finishedMs !== undefined && { end_time: timeText(at.finishedMs) }),
    state: at.state,
  };
  const tasks = steps.flatMap((step, index) => {
    const beganMs = at.startMs + Math.max(0, index - at.fromStep) * at.stepMs;
    const isDone = index < at.fromStep;
    if (!isDone && (at.nowMs < beganMs || at.state === "PENDING")) return [];
    const endMs = isDone ? at.startMs : beganMs + (index === at.failingStep ? FAIL_AT : 1) * at.stepMs;
    const isOver = isDone || at.nowMs >= endMs;
    const failed = index === at.failingStep && isOver;
    const state = failed ? "FAILED" : isOver ? "SUCCEEDED" : at.state;
    const ended = isOver ? endMs : at.finishedMs;
    const common = {
      run_id: run.run_id,
      create_time: timeText(beganMs),
      start_time: timeText(beganMs),
      ...(ended !== undefined && { end_time: timeText(ended) }),
      state,
      ...(failed && { error: { code: 2, message: FAILURE, details: [] } }),
    };
    const task_id = `${run.run_id}-${step.key}`;
    const pod = `${run.display_name}-${step.key}`.slice(0, 58);
    const parent_task_id = root.task_id;
    return [
      { ...common, task_id: `${task_id}-driver`, display_name: `${step.key}-driver`, parent_task_id },
      { ...common, task_id, display_name: step.key, parent_task_id, child_tasks: [{ pod_name: pod }] },
      ...step.inner.map((key) => ({
        ...common,
        task_id: `${task_id}-${key}`,
        display_name: key,
        parent_task_id: task_id,
        child_tasks: [{ pod_name: `${pod}-${key}` }],
      })),
    ];
  });
  return at.state === "PENDING" ? [] : [root, ...tasks];
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
