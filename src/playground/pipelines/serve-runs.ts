import { randomUUID } from "node:crypto";
import { isObject } from "./pipeline-spec.ts";
import { failedPrecondition, invalidArgument, notFound } from "./pipelines-error.ts";
import {
  authorize,
  namespaceOf,
  pageOf,
  textIn,
  type PipelinesCall,
  type PipelinesWorld,
} from "./pipelines-service.ts";
import type { StoredRecurringRun, StoredRun } from "./pipelines-state.ts";
import { parameterProblem, runView, stepAt, timeText } from "./run-view.ts";

const RUN_KEYS = ["run_id", "display_name", "experiment_id", "created_at", "storage_state", "state"];

/** Runs; undefined: another path. */
export function serveRuns(world: PipelinesWorld, call: PipelinesCall): object | undefined {
  if (!/^\/runs(?:$|[/:])/.test(call.path)) return undefined;
  const [, id = "", verb] = /^\/runs(?:\/([^/:]+))?(?::(\w+))?$/.exec(call.path) ?? [];
  const { runs } = world.state;
  if (id === "" && call.method === "GET") {
    const experimentId = call.query.get("experiment_id");
    const namespace = namespaceOf(
      world,
      experimentNamespace(world, experimentId) ?? call.query.get("namespace"),
    );
    authorize(world, call, "list", namespace);
    const own = runs
      .filter((run) => run.namespace === namespace)
      .filter((run) => experimentId === null || run.experiment_id === experimentId);
    return pageOf(
      "runs",
      own.map((run) => shown(world, run)),
      call.query,
      RUN_KEYS,
    );
  }
  if (id === "") return createRun(world, call);
  const run = runs.find((one) => one.run_id === id);
  if (run === undefined) throw notFound("Run", id);
  authorize(world, call, verb ?? (call.method === "DELETE" ? "delete" : "get"), run.namespace);
  if (call.method === "GET") return shown(world, run);
  if (call.method === "DELETE") runs.splice(runs.indexOf(run), 1);
  else change(world, run, verb ?? "");
  world.save();
  return {};
}

const experimentNamespace = ({ state }: PipelinesWorld, id: string | null): string | undefined =>
  id === null ? undefined : state.experiments.find((one) => one.experiment_id === id)?.namespace;

export function specOf(
  { state }: PipelinesWorld,
  run: Pick<StoredRun, "pipeline_version_reference">,
): unknown {
  const id = run.pipeline_version_reference.pipeline_version_id;
  return state.versions.find((one) => one.pipeline_version_id === id)?.pipeline_spec;
}

function shown(world: PipelinesWorld, run: StoredRun) {
  const { durationMs, withTasks } = world;
  return runView(run, specOf(world, run), { nowMs: world.nowMs(), durationMs, withTasks });
}

/** What a run and a recurring run have in common. */
function readDraft(world: PipelinesWorld, call: PipelinesCall) {
  const body = isObject(call.body) ? call.body : {};
  const displayName = textIn(body, "display_name");
  if (displayName === "")
    throw invalidArgument("Invalid input error: The run name is empty. Please specify a valid name");
  const experimentId = textIn(body, "experiment_id");
  const experiment = world.state.experiments.find((one) => one.experiment_id === experimentId);
  if (experiment === undefined) throw notFound("Experiment", experimentId);
  authorize(world, call, "create", experiment.namespace);
  const reference = body["pipeline_version_reference"];
  const pipelineId = textIn(reference, "pipeline_id");
  const versionId = textIn(reference, "pipeline_version_id");
  const version = world.state.versions.find(
    (one) => one.pipeline_id === pipelineId && one.pipeline_version_id === versionId,
  );
  if (version === undefined) throw notFound("PipelineVersion", versionId);
  const config = isObject(body["runtime_config"]) ? body["runtime_config"] : {};
  const parameters = isObject(config["parameters"]) ? config["parameters"] : {};
  const problem = parameterProblem(version.pipeline_spec, parameters);
  if (problem !== undefined) throw invalidArgument(`Invalid input error: ${problem}`);
  const root = textIn(config, "pipeline_root");
  return {
    display_name: displayName,
    description: textIn(body, "description"),
    experiment_id: experimentId,
    namespace: experiment.namespace,
    pipeline_version_reference: { pipeline_id: pipelineId, pipeline_version_id: versionId },
    runtime_config: { parameters, ...(root !== "" && { pipeline_root: root }) },
    service_account: textIn(body, "service_account") || "pipeline-runner",
  };
}

function createRun(world: PipelinesWorld, call: PipelinesCall): object {
  const createdAtMs = world.nowMs();
  const run: StoredRun = {
    run_id: randomUUID(),
    ...readDraft(world, call),
    storage_state: "AVAILABLE",
    createdAtMs,
    tries: [{ startedAtMs: createdAtMs, fromStep: 0 }],
  };
  world.state.runs.push(run);
  world.save();
  return shown(world, run);
}

function change(world: PipelinesWorld, run: StoredRun, verb: string): void {
  const { state } = shown(world, run);
  const nowMs = world.nowMs();
  switch (verb) {
    case "archive":
    case "unarchive":
      run.storage_state = verb === "archive" ? "ARCHIVED" : "AVAILABLE";
      return;
    case "terminate":
      if (state !== "PENDING" && state !== "RUNNING")
        throw failedPrecondition(`Failed to terminate the run ${run.run_id}: it is ${state}`);
      run.terminatedAtMs = nowMs;
      return;
    case "retry": {
      if (state !== "FAILED" && state !== "CANCELED")
        throw failedPrecondition(`Failed to retry run ${run.run_id}: Workflow must be Failed/Error to retry`);
      const failing = run.tries.at(-1)?.failingStep;
      const endedMs = run.terminatedAtMs ?? nowMs;
      const fromStep = failing ?? stepAt(run, specOf(world, run), endedMs, world.durationMs);
      delete run.terminatedAtMs;
      run.tries.push({ startedAtMs: nowMs, fromStep });
      return;
    }
    default:
      throw notFound("Method", verb);
  }
}

const RECURRING_KEYS = ["recurring_run_id", "display_name", "created_at", "status", "experiment_id"];

/** Recurring runs are kept and shown; a playground starts none by itself. Undefined: another path. */
export function serveRecurringRuns(world: PipelinesWorld, call: PipelinesCall): object | undefined {
  if (!/^\/recurringruns(?:$|[/:])/.test(call.path)) return undefined;
  const [, id = "", verb] = /^\/recurringruns(?:\/([^/:]+))?(?::(\w+))?$/.exec(call.path) ?? [];
  const { recurringRuns } = world.state;
  if (id === "" && call.method === "GET") {
    const namespace = namespaceOf(world, call.query.get("namespace"));
    authorize(world, call, "list", namespace);
    const own = recurringRuns.filter((one) => one.namespace === namespace);
    return pageOf("recurringRuns", own, call.query, RECURRING_KEYS);
  }
  if (id === "") return createRecurringRun(world, call);
  const found = recurringRuns.find((one) => one.recurring_run_id === id);
  if (found === undefined) throw notFound("RecurringRun", id);
  authorize(world, call, verb ?? (call.method === "DELETE" ? "delete" : "get"), found.namespace);
  if (call.method === "GET") return found;
  if (call.method === "DELETE") recurringRuns.splice(recurringRuns.indexOf(found), 1);
  else if (verb === "enable" || verb === "disable") {
    found.status = verb === "enable" ? "ENABLED" : "DISABLED";
    found.updated_at = timeText(world.nowMs());
  } else throw notFound("Method", verb ?? "");
  world.save();
  return {};
}

function createRecurringRun(world: PipelinesWorld, call: PipelinesCall): StoredRecurringRun {
  const body = isObject(call.body) ? call.body : {};
  const trigger = isObject(body["trigger"]) ? body["trigger"] : {};
  if (!isObject(trigger["cron_schedule"]) && !isObject(trigger["periodic_schedule"]))
    throw invalidArgument(
      "Invalid input error: a recurring run needs a cron_schedule or a periodic_schedule",
    );
  const concurrency = Number(body["max_concurrency"] ?? "0");
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 10)
    throw invalidArgument(
      "Invalid input error: The max concurrency of the recurring run should be in range [1, 10]",
    );
  const now = timeText(world.nowMs());
  const recurring: StoredRecurringRun = {
    recurring_run_id: randomUUID(),
    ...readDraft(world, call),
    max_concurrency: String(concurrency),
    trigger,
    no_catchup: body["no_catchup"] === true,
    status: body["mode"] === "DISABLE" ? "DISABLED" : "ENABLED",
    created_at: now,
    updated_at: now,
  };
  world.state.recurringRuns.push(recurring);
  world.save();
  return recurring;
}
