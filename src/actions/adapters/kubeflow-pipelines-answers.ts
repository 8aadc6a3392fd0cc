import { z } from "zod";
import type {
  PipelineParameterType,
  PipelineRun,
  PipelineTask,
  PipelineVersion,
  RecurringRun,
  RuntimeState,
} from "../training/engines/kubeflow-pipeline/kubeflow-pipelines-port.ts";

/** Answers of the API as its swagger has them; nothing but the fields that are read. Absent and null are the same. */
const text = z.string().nullish();
const time = z.string().nullish();
const state = z.string().nullish();
const rpcStatus = z.looseObject({ message: text }).nullish();

const taskSchema = z.looseObject({
  task_id: z.string(),
  display_name: text,
  state,
  error: rpcStatus,
  start_time: time,
  end_time: time,
});

export const runSchema = z.looseObject({
  run_id: z.string(),
  display_name: z.string(),
  description: text,
  created_at: z.string(),
  finished_at: time,
  state,
  error: rpcStatus,
  pipeline_version_reference: z.looseObject({ pipeline_id: text, pipeline_version_id: text }).nullish(),
  run_details: z.looseObject({ task_details: z.array(taskSchema).nullish() }).nullish(),
  state_history: z.array(z.looseObject({ update_time: time, state, error: rpcStatus })).nullish(),
});

export const healthSchema = z.looseObject({ multi_user: z.boolean().nullish() });
export const pipelineSchema = z.looseObject({ pipeline_id: z.string() });
export const experimentSchema = z.looseObject({ experiment_id: z.string(), storage_state: text });
export const versionSchema = z.looseObject({
  pipeline_id: z.string(),
  pipeline_version_id: z.string(),
  name: text,
  display_name: text,
  pipeline_spec: z.unknown(),
});

/** int64 is a text in JSON. */
const int64 = z.union([z.string(), z.number()]).nullish();
export const recurringRunSchema = z.looseObject({
  recurring_run_id: z.string(),
  display_name: z.string(),
  status: text,
  max_concurrency: int64,
  trigger: z
    .looseObject({
      cron_schedule: z.looseObject({ cron: text }).nullish(),
      periodic_schedule: z.looseObject({ interval_second: int64 }).nullish(),
    })
    .nullish(),
});

/** A page: the list is left out where it is empty. */
function pageOf<Item extends z.ZodType>(field: string, item: Item) {
  const schema = z.looseObject({
    [field]: z.array(item).nullish(),
    next_page_token: text,
  });
  return (page: unknown): { items: readonly z.output<Item>[]; next: string } => {
    const parsed = schema.parse(page) as Record<string, unknown> & { next_page_token?: string | null };
    return {
      items: (parsed[field] ?? []) as z.output<Item>[],
      next: parsed.next_page_token ?? "",
    };
  };
}

export const runPage = pageOf("runs", runSchema);
export const versionPage = pageOf("pipeline_versions", versionSchema);
export const experimentPage = pageOf("experiments", experimentSchema);
/** The one list that is written otherwise, https://github.com/kubeflow/pipelines/blob/master/backend/api/v2beta1/recurring_run.proto */
export const recurringRunPage = pageOf("recurringRuns", recurringRunSchema);

export function readRun(run: z.output<typeof runSchema>): PipelineRun {
  const { pipeline_id: pipelineId, pipeline_version_id: versionId } = run.pipeline_version_reference ?? {};
  return {
    runId: run.run_id,
    displayName: run.display_name,
    description: run.description ?? "",
    createdAt: run.created_at,
    finishedAt: timeOf(run.finished_at),
    state: stateOf(run.state),
    error: said(run.error),
    version: pipelineId && versionId ? { pipelineId, versionId } : undefined,
    tasks: run.run_details?.task_details?.map(readTask),
    stateHistory: (run.state_history ?? []).map((one) => ({
      state: stateOf(one.state),
      at: timeOf(one.update_time),
      error: said(one.error),
    })),
  };
}

function readTask(task: z.output<typeof taskSchema>): PipelineTask {
  return {
    name: task.display_name ?? task.task_id,
    state: stateOf(task.state),
    error: said(task.error),
    startedAt: timeOf(task.start_time),
    endedAt: timeOf(task.end_time),
  };
}

const filled = (value: string | null | undefined): string | undefined =>
  value === null || value === "" ? undefined : value;

const said = (error: z.output<typeof rpcStatus>): string | undefined => filled(error?.message);

/** Times before there were any are written as the year 1 or 1970. */
function timeOf(value: string | null | undefined): string | undefined {
  return Date.parse(value ?? "") > 0 ? (value ?? undefined) : undefined;
}

const STATES: readonly RuntimeState[] = [
  "RUNTIME_STATE_UNSPECIFIED",
  "PENDING",
  "RUNNING",
  "SUCCEEDED",
  "SKIPPED",
  "FAILED",
  "CANCELING",
  "CANCELED",
  "PAUSED",
];

/** A state of a later version is none that we know. */
const stateOf = (value: string | null | undefined): RuntimeState | undefined =>
  STATES.find((known) => known === value);

const parametersSchema = z.record(
  z.string(),
  z.looseObject({ parameterType: z.string(), isOptional: z.boolean().nullish(), defaultValue: z.unknown() }),
);
const tasksSchema = z.record(
  z.string(),
  z.looseObject({
    dependentTasks: z.array(z.string()).nullish(),
    taskInfo: z.looseObject({ name: text }).nullish(),
  }),
);
/** The compiled pipeline; with settings for Kubernetes beside it, it stands one level deeper. */
const specSchema = z.looseObject({
  components: z
    .record(z.string(), z.looseObject({ dag: z.looseObject({ tasks: tasksSchema.nullish() }).nullish() }))
    .nullish(),
  root: z.looseObject({
    inputDefinitions: z.looseObject({ parameters: parametersSchema.nullish() }).nullish(),
    dag: z.looseObject({ tasks: tasksSchema.nullish() }).nullish(),
  }),
});

export function readVersion(version: z.output<typeof versionSchema>): PipelineVersion {
  const outer = (version.pipeline_spec ?? {}) as { pipeline_spec?: unknown };
  const spec = specSchema.safeParse(outer.pipeline_spec ?? outer);
  const root = spec.success ? spec.data.root : undefined;
  const tasks = root?.dag?.tasks ?? {};
  const declared = Object.entries(root?.inputDefinitions?.parameters ?? {});
  return {
    pipelineId: version.pipeline_id,
    versionId: version.pipeline_version_id,
    name: version.name ?? version.display_name ?? version.pipeline_version_id,
    parameters:
      root === undefined
        ? undefined
        : Object.fromEntries(
            declared.map(([name, { parameterType, isOptional, defaultValue }]) => [
              name,
              {
                type: parameterType as PipelineParameterType,
                isOptional: isOptional === true || defaultValue !== undefined,
              },
            ]),
          ),
    tasks: inOrder(tasks).map((key) => named(key, tasks)),
    innerTasks: Object.values(spec.data?.components ?? {}).flatMap(({ dag }) =>
      Object.keys(dag?.tasks ?? {}).map((key) => named(key, dag?.tasks ?? {})),
    ),
  };
}

const named = (key: string, tasks: z.output<typeof tasksSchema>): { key: string; name: string } => ({
  key,
  name: tasks[key]?.taskInfo?.name ?? key,
});

/** Each after those that it depends on; by name where the order is free. */
function inOrder(tasks: z.output<typeof tasksSchema>): readonly string[] {
  const done: string[] = [];
  let open = Object.keys(tasks).toSorted();
  while (open.length > 0) {
    const ready = open.filter((name) =>
      (tasks[name]?.dependentTasks ?? []).every((before) => done.includes(before) || !(before in tasks)),
    );
    // A circle is no pipeline; what is left is told as it comes.
    if (ready.length === 0) return [...done, ...open];
    done.push(...ready);
    open = open.filter((name) => !ready.includes(name));
  }
  return done;
}

export function readRecurringRun(run: z.output<typeof recurringRunSchema>): RecurringRun {
  const interval = run.trigger?.periodic_schedule?.interval_second;
  return {
    recurringRunId: run.recurring_run_id,
    displayName: run.display_name,
    isEnabled: run.status === "ENABLED",
    cron: run.trigger?.cron_schedule?.cron ?? undefined,
    intervalSeconds: interval === null || interval === undefined ? undefined : Number(interval),
    maxConcurrency: Number(run.max_concurrency ?? 0),
  };
}
