import type { RunState } from "../../../../store/database.ts";
import type { PlatformObject } from "../../../ports.ts";
import type { RunDetail, RunObservation } from "../../engine-ports.ts";
import { lastTrue, readTrial, type KatibCondition, type Observation } from "./read-trial.ts";

/** The part of the spec that is read (Katib 0.19, kubeflow.org/v1beta1). */
export interface ExperimentSpec {
  objective?: {
    type?: string;
    objectiveMetricName?: string;
    metricStrategies?: readonly { name?: string; value?: string }[];
  };
  parallelTrialCount?: number;
  maxTrialCount?: number;
  resumePolicy?: string;
  trialTemplate?: { primaryContainerName?: string; trialSpec?: Record<string, unknown> };
}

interface ExperimentStatus {
  conditions?: readonly KatibCondition[];
  startTime?: string;
  completionTime?: string;
  currentOptimalTrial?: {
    bestTrialName?: string;
    parameterAssignments?: readonly { name: string; value: string }[];
    observation?: Observation;
  };
  trials?: number;
  trialsPending?: number;
  trialsRunning?: number;
  trialsSucceeded?: number;
  trialsFailed?: number;
  trialMetricsUnavailable?: number;
  trialsKilled?: number;
  trialsEarlyStopped?: number;
}

export const specOf = (experiment: PlatformObject): ExperimentSpec => experiment["spec"] ?? {};

/** Conditions in our words, the last true one decides; counts, goal and best trial from the status. */
export function readExperiment(experiment: PlatformObject): RunObservation {
  const status = (experiment["status"] ?? {}) as ExperimentStatus;
  const { uid } = experiment.metadata as { uid?: string };
  const current = lastTrue(status.conditions);
  const said = current?.message ?? current?.reason;
  const detail = detailOf(experiment, status);
  const finished = finishedOf(status);
  const { maxTrialCount } = specOf(experiment);
  const common = { ...(uid !== undefined && { uid }), detail };
  // Katib writes the zero time until there is an end.
  const endedAt = new Date(status.completionTime ?? Number.NaN);
  const end = endedAt.getTime() > 0 ? { endedAt } : {};
  const start = current?.lastTransitionTime ?? status.startTime;
  const progress = maxTrialCount === undefined ? {} : { progress: Math.min(1, finished / maxTrialCount) };
  switch (current?.type ?? "") {
    case "Succeeded":
      return { state: "succeeded", ...common, progress: 1, ...end };
    case "Failed":
      return {
        state: "failed",
        reason: said ?? "",
        ...common,
        ...progress,
        ...end,
      };
    case "Running":
      return {
        state: "running",
        ...common,
        ...progress,
        ...(start !== undefined && { startedAt: new Date(start) }),
      };
    case "Restarting":
      return { state: "starting", reason: said ?? "restarting", ...common, ...progress };
    default:
      return { state: "queued", ...common };
  }
}

/** Trials that will not change any more. */
function finishedOf(status: ExperimentStatus): number {
  const { trialsSucceeded = 0, trialsFailed = 0, trialMetricsUnavailable = 0 } = status;
  return (
    trialsSucceeded +
    trialsFailed +
    trialMetricsUnavailable +
    (status.trialsKilled ?? 0) +
    (status.trialsEarlyStopped ?? 0)
  );
}

/** Without its recent trials: those are objects of their own. */
function detailOf(experiment: PlatformObject, status: ExperimentStatus): RunDetail {
  const spec = specOf(experiment);
  const { objectiveMetricName: metric, type } = spec.objective ?? {};
  const best = status.currentOptimalTrial;
  return {
    trials: {
      counts: countsOf(status),
      planned: spec.maxTrialCount ?? status.trials ?? 0,
      ...(metric !== undefined && {
        objective: { metric, goal: type === "maximize" ? "maximize" : "minimize" },
      }),
      ...((best?.bestTrialName ?? "") !== "" && {
        best: {
          ...readTrial(
            {
              name: best?.bestTrialName ?? "",
              assignments: best?.parameterAssignments,
              observation: best?.observation,
            },
            spec,
          ),
          state: "succeeded",
        },
      }),
      recent: [],
    },
  };
}

/** A trial that an algorithm or a person stopped early is told as cancelled, one without metrics as failed. */
function countsOf(status: ExperimentStatus): Partial<Record<RunState, number>> {
  const counts: Partial<Record<RunState, number>> = {};
  const add = (state: RunState, count = 0): void => {
    if (count > 0) counts[state] = (counts[state] ?? 0) + count;
  };
  add("queued", status.trialsPending);
  add("running", status.trialsRunning);
  add("succeeded", status.trialsSucceeded);
  add("failed", status.trialsFailed);
  add("failed", status.trialMetricsUnavailable);
  add("cancelled", status.trialsKilled);
  add("cancelled", status.trialsEarlyStopped);
  return counts;
}
