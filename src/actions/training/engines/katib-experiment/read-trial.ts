import type { RunState } from "../../../../store/database.ts";
import type { PlatformObject } from "../../../ports.ts";
import type { RunTrial } from "../../engine-ports.ts";
import type { ExperimentSpec } from "./experiment-state.ts";

export interface KatibCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** All values are texts; one that was never reported is "unavailable". */
export interface Observation {
  metrics?: readonly { name: string; latest?: string; min?: string; max?: string }[];
}

interface TrialParts {
  name: string;
  assignments: readonly { name: string; value: string }[] | undefined;
  observation: Observation | undefined;
}

/** The condition that holds now. */
export const lastTrue = (conditions: readonly KatibCondition[] | undefined): KatibCondition | undefined =>
  (conditions ?? []).filter(({ status }) => status === "True").at(-1);

/** What was tried and what came of it, metrics as numbers by the objective's own strategy (its least, its most, or its last value). */
export function readTrial(
  { name, assignments, observation }: TrialParts,
  spec: ExperimentSpec,
): Omit<RunTrial, "state"> {
  const metrics = (observation?.metrics ?? []).flatMap((metric) => {
    const value = metricValue(metric, strategyOf(metric.name, spec));
    return value === undefined ? [] : [[metric.name, value] as const];
  });
  return {
    name,
    parameters: Object.fromEntries((assignments ?? []).map((assigned) => [assigned.name, assigned.value])),
    metrics: Object.fromEntries(metrics),
  };
}

/** A Trial object in our words. */
export function readTrialObject(trial: PlatformObject, spec: ExperimentSpec): RunTrial {
  const { parameterAssignments } = (trial["spec"] ?? {}) as {
    parameterAssignments?: TrialParts["assignments"];
  };
  const { conditions, observation } = (trial["status"] ?? {}) as {
    conditions?: readonly KatibCondition[];
    observation?: Observation;
  };
  const { name } = trial.metadata;
  return {
    ...readTrial({ name, assignments: parameterAssignments, observation }, spec),
    state: STATES[lastTrue(conditions)?.type ?? ""] ?? "queued",
  };
}

const STATES: Readonly<Record<string, RunState>> = {
  Running: "running",
  Succeeded: "succeeded",
  Failed: "failed",
  MetricsUnavailable: "failed",
  Killed: "cancelled",
  EarlyStopped: "cancelled",
};

function strategyOf(metric: string, { objective }: ExperimentSpec): string {
  const chosen = objective?.metricStrategies?.find(({ name }) => name === metric)?.value;
  if (chosen !== undefined) return chosen;
  if (metric !== objective?.objectiveMetricName) return "latest";
  return objective.type === "maximize" ? "max" : "min";
}

function metricValue(
  { latest, min, max }: NonNullable<Observation["metrics"]>[number],
  strategy: string,
): number | undefined {
  const wanted = strategy === "min" ? min : strategy === "max" ? max : latest;
  const value = [wanted, latest].map(numberOf).find((candidate) => candidate !== undefined);
  return value;
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
