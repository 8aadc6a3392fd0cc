import { experimentSpecOf, type ExperimentSpec } from "../objects/experiment-shapes.ts";
import { formatTime, isSameJson, type KubernetesObject } from "../objects/kubernetes-object.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import type { ClusterControl } from "./cluster-control.ts";
import { isTrue, withKatibCondition, type KatibCondition } from "./katib-conditions.ts";
import { createTrial, KATIB, runTrials, trialStatusOf } from "./katib-trials.ts";

const EXPERIMENT = typeOfKind("Experiment");
const MAX_TRIALS_REACHED = "ExperimentMaxTrialsReached";
/** What goes on without an end is stopped here: a laptop holds it all. */
const MOST_TRIALS = 500;

interface ExperimentStatus {
  conditions: readonly KatibCondition[];
  startTime?: string;
  completionTime?: string;
  currentOptimalTrial?: object;
  trials?: number;
  [counts: string]: unknown;
}

/** Katib's two controllers (0.19): trials are made as earlier ones end, their jobs run, and the experiment sums them up. */
export function runKatibExperiments(control: ClusterControl): void {
  runTrials(control);
  for (const experiment of control.store.list(EXPERIMENT.storage)) {
    if (experiment.metadata.deletionTimestamp !== undefined) continue;
    const status: ExperimentStatus = {
      conditions: [],
      ...(experiment.status as Partial<ExperimentStatus> | undefined),
    };
    const after = nextStatus(control, experiment, status);
    if (!isSameJson(after, status)) control.setStatus(EXPERIMENT, experiment, after, KATIB);
  }
}

function nextStatus(
  control: ClusterControl,
  experiment: KubernetesObject,
  before: ExperimentStatus,
): ExperimentStatus {
  const spec = experimentSpecOf(experiment);
  const now = formatTime(control.nowMs());
  if (before.startTime === undefined)
    return changed(
      { ...before, startTime: now },
      "Created",
      "ExperimentCreated",
      "Experiment is created",
      now,
    );
  const trials = control.store
    .dependentsOf(experiment.metadata.uid)
    .map(({ object }) => object)
    .filter(({ kind }) => kind === "Trial")
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const summary = { ...before, ...summarize(spec, trials) };
  if (isTrue(before.conditions, "Succeeded", "Failed")) return restarted(spec, summary, now);
  const end = endOf(spec, trials, summary);
  if (end !== undefined)
    return { ...changed(summary, end.type, end.reason, end.message, now), completionTime: now };
  const active = summary.trialsPending + summary.trialsRunning;
  const most = Math.min(spec.maxTrialCount ?? MOST_TRIALS, MOST_TRIALS);
  const wanted = Math.min((spec.parallelTrialCount ?? 3) - active, most - trials.length);
  for (let made = 0; made < wanted; made += 1) createTrial(control, experiment, trials.length + made);
  return changed(summary, "Running", "ExperimentRunning", "Experiment is running", now);
}

function changed(
  status: ExperimentStatus & { [key: string]: unknown },
  type: string,
  reason: string,
  message: string,
  time: string,
): ExperimentStatus {
  return { ...status, conditions: withKatibCondition(status.conditions, { type, reason, message }, time) };
}

/** More trials were allowed after it had reached them. */
function restarted(spec: ExperimentSpec, status: ExperimentStatus, now: string): ExperimentStatus {
  const end = status.conditions.find(({ type, status: value }) => type === "Succeeded" && value === "True");
  const isRaised = (spec.maxTrialCount ?? MOST_TRIALS) > (status.trials ?? 0);
  if (end?.reason !== MAX_TRIALS_REACHED || spec.resumePolicy === "Never" || !isRaised) return status;
  const { completionTime: _ended, ...open } = status;
  return changed(open, "Restarting", "ExperimentRestarting", "Experiment is restarted", now);
}

/** In the order of their making: several in one second are told apart by their number. */
const orderOf = ({ metadata }: KubernetesObject): string =>
  (metadata.annotations?.["simulation.jibsa.dev/trial-number"] ?? "0").padStart(6, "0");

function summarize(spec: ExperimentSpec, trials: readonly KubernetesObject[]) {
  const names: Record<string, string[]> = { Pending: [], Running: [], Succeeded: [], Failed: [] };
  for (const trial of trials) {
    const last = trialStatusOf(trial).conditions.findLast(({ status }) => status === "True")?.type ?? "";
    (names[last] ?? names["Pending"])?.push(trial.metadata.name);
  }
  const { Pending = [], Running = [], Succeeded = [], Failed = [] } = names;
  const best = bestOf(spec, trials);
  return {
    trials: trials.length,
    trialsPending: Pending.length,
    trialsRunning: Running.length,
    trialsSucceeded: Succeeded.length,
    trialsFailed: Failed.length,
    ...(Pending.length > 0 && { pendingTrialList: Pending }),
    ...(Running.length > 0 && { runningTrialList: Running }),
    ...(Succeeded.length > 0 && { succeededTrialList: Succeeded }),
    ...(Failed.length > 0 && { failedTrialList: Failed }),
    currentOptimalTrial: {
      ...(best && { bestTrialName: best.metadata.name }),
      parameterAssignments:
        (best?.spec as { parameterAssignments?: unknown[] } | undefined)?.parameterAssignments ?? [],
      observation: (best && trialStatusOf(best).observation) ?? { metrics: null },
    },
  };
}

function objectiveOf(spec: ExperimentSpec, trial: KubernetesObject): number | undefined {
  const { objectiveMetricName, type } = spec.objective ?? {};
  const metric = trialStatusOf(trial).observation?.metrics.find(({ name }) => name === objectiveMetricName);
  return metric === undefined ? undefined : Number(type === "maximize" ? metric.max : metric.min);
}

const isBetter = (spec: ExperimentSpec, one: number, other: number): boolean =>
  spec.objective?.type === "maximize" ? one > other : one < other;

function bestOf(spec: ExperimentSpec, trials: readonly KubernetesObject[]): KubernetesObject | undefined {
  let best: { trial: KubernetesObject; value: number } | undefined;
  for (const trial of trials) {
    const value = objectiveOf(spec, trial);
    if (value !== undefined && (best === undefined || isBetter(spec, value, best.value)))
      best = { trial, value };
  }
  return best?.trial;
}

function endOf(
  spec: ExperimentSpec,
  trials: readonly KubernetesObject[],
  { trialsSucceeded, trialsFailed }: { trialsSucceeded: number; trialsFailed: number },
): { type: "Succeeded" | "Failed"; reason: string; message: string } | undefined {
  const goal = spec.objective?.goal;
  const best = bestOf(spec, trials);
  const value = best && objectiveOf(spec, best);
  if (goal !== undefined && value !== undefined && (value === goal || isBetter(spec, value, goal)))
    return {
      type: "Succeeded",
      reason: "ExperimentGoalReached",
      message: "Experiment has succeeded because Objective goal has reached",
    };
  if (spec.maxFailedTrialCount !== undefined && trialsFailed > 0 && trialsFailed >= spec.maxFailedTrialCount)
    return {
      type: "Failed",
      reason: "ExperimentFailed",
      message: "Experiment has failed because max failed count has reached",
    };
  if (trialsSucceeded + trialsFailed >= Math.min(spec.maxTrialCount ?? MOST_TRIALS, MOST_TRIALS))
    return {
      type: "Succeeded",
      reason: MAX_TRIALS_REACHED,
      message: "Experiment has succeeded because max trial count has reached",
    };
  return undefined;
}
