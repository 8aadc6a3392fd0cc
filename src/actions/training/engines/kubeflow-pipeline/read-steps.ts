import type { RunStep } from "../../engine-ports.ts";
import type { PipelineRun, PipelineTask, PipelineVersion, RuntimeState } from "./kubeflow-pipelines-port.ts";

/** Pods that Kubeflow Pipelines starts around a step: they say nothing that the step does not. */
const AROUND_A_STEP = /(?:^|-)driver$|^executor$|^system-container-(?:driver|executor|impl)$/;

/** The steps of a run, nested ones as "loop/train", what has not begun from its version; undefined where the run tells no tasks. */
export function readSteps(
  { tasks, displayName }: Pick<PipelineRun, "tasks" | "displayName">,
  version: PipelineVersion | undefined,
): readonly RunStep[] | undefined {
  if (tasks === undefined) return undefined;
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const steps = tasks
    .filter((task) => !isRoot(task, displayName) && !AROUND_A_STEP.test(task.name))
    .toSorted((a, b) => (a.startedAt ?? "9").localeCompare(b.startedAt ?? "9"))
    .map((task) => stepOf(task, pathOf(task, byId, displayName)));
  const own = version?.tasks ?? [];
  // An installation shows a step by its key in the pipeline, or by the name that was given to it.
  const named = steps.map((step) => {
    const [first = "", ...inner] = step.name.split("/");
    const name = own.find(({ key }) => key === first)?.name ?? first;
    return { ...step, name: [name, ...inner].join("/") };
  });
  const begun = new Set(named.map(({ name }) => name));
  const waiting = own.filter(({ name }) => !begun.has(name));
  return [...named, ...waiting.map(({ name }): RunStep => ({ name, state: "waiting" }))];
}

/** The run itself stands among its tasks. */
function isRoot({ name, parentTaskId }: PipelineTask, displayName: string): boolean {
  return name === "root" || (parentTaskId === undefined && name === displayName);
}

function pathOf(task: PipelineTask, byId: ReadonlyMap<string, PipelineTask>, displayName: string): string {
  const names = [task.name];
  const seen = new Set([task.taskId]);
  for (let parent = parentOf(task, byId); parent !== undefined; parent = parentOf(parent, byId)) {
    // A tree that is none would never end.
    if (seen.has(parent.taskId) || isRoot(parent, displayName)) break;
    seen.add(parent.taskId);
    names.unshift(parent.name);
  }
  return names.join("/");
}

const parentOf = (
  { parentTaskId }: PipelineTask,
  byId: ReadonlyMap<string, PipelineTask>,
): PipelineTask | undefined => byId.get(parentTaskId ?? "");

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

/** Pods of its steps, in the order of the steps. */
export function podsOfSteps(run: PipelineRun): readonly { step: string; pod: string }[] {
  const pods = (run.tasks ?? []).flatMap(({ name, podName }) =>
    podName === undefined || /(?:^|-)driver$/.test(name) ? [] : [{ step: name, pod: podName }],
  );
  return pods.filter(({ pod }, index) => pods.findIndex((other) => other.pod === pod) === index);
}
