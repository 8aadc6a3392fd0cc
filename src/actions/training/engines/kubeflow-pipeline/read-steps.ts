import type { RunStep } from "../../engine-ports.ts";
import type { PipelineRun, PipelineTask, PipelineVersion, RuntimeState } from "./kubeflow-pipelines-port.ts";

/** Nodes that Kubeflow Pipelines puts around a step: they say nothing that the step does not. */
const AROUND_A_STEP = /(?:^|-)driver$|^root$|^executor$|^system-container-(?:driver|executor|impl)$/;
/** How Argo makes the name of a workflow, whose node stands above all others. */
const WORKFLOW_NAME = /-[a-z0-9]{5}$/;

/** The steps of a run in the order of their beginning, what has not begun from its version; undefined where the run tells no tasks. */
export function readSteps(
  { tasks }: Pick<PipelineRun, "tasks">,
  version: PipelineVersion | undefined,
): readonly RunStep[] | undefined {
  if (tasks === undefined) return undefined;
  const own = version?.tasks ?? [];
  const known = [...own, ...(version?.innerTasks ?? [])];
  const begun = tasks.toSorted((a, b) => (a.startedAt ?? "9").localeCompare(b.startedAt ?? "9"));
  const steps = begun
    .filter((task, index) =>
      known.length > 0
        ? known.some(({ key, name }) => task.name === key || task.name === name)
        : !AROUND_A_STEP.test(task.name) && !(index === 0 && WORKFLOW_NAME.test(task.name)),
    )
    // An installation shows a step by its key in the pipeline, or by the name that was given to it.
    .map((task) => stepOf(task, known.find(({ key }) => key === task.name)?.name ?? task.name));
  const names = new Set(steps.map(({ name }) => name));
  const waiting = own.filter(({ name }) => !names.has(name));
  return [...steps, ...waiting.map(({ name }): RunStep => ({ name, state: "waiting" }))];
}

function stepOf({ state, error, startedAt, endedAt }: PipelineTask, name: string): RunStep {
  return {
    name,
    state: STATES[state ?? "PENDING"],
    ...(error !== undefined && { reason: error }),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
  };
}

const STATES: Readonly<Record<RuntimeState, RunStep["state"]>> = {
  RUNTIME_STATE_UNSPECIFIED: "waiting",
  PENDING: "queued",
  RUNNING: "running",
  PAUSED: "queued",
  SUCCEEDED: "succeeded",
  SKIPPED: "skipped",
  FAILED: "failed",
  CANCELING: "running",
  CANCELED: "cancelled",
};
