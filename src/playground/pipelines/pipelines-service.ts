import { randomUUID } from "node:crypto";
import { listPage } from "./list-page.ts";
import { isObject } from "./pipeline-spec.ts";
import {
  alreadyExists,
  invalidArgument,
  notFound,
  permissionDenied,
  unauthenticated,
} from "./pipelines-error.ts";
import type { PipelinesState, StoredExperiment, StoredVersion } from "./pipelines-state.ts";
import { timeText } from "./run-view.ts";

/** Who may work where; single-user mode knows no people and one namespace. */
export type PipelinesAccess =
  | { kind: "single-user"; namespace: string }
  | { kind: "multi-user"; header: string; mayUse(user: string, namespace: string): boolean };

export interface PipelinesCall {
  method: string;
  /** Below /apis/v2beta1, without its query. */
  path: string;
  query: URLSearchParams;
  body: unknown;
  /** Undefined: nobody has said who asks. */
  user: string | undefined;
}

export interface PipelinesWorld {
  state: PipelinesState;
  save(): void;
  nowMs(): number;
  access: PipelinesAccess;
  /** How long a run takes that is not stopped. */
  durationMs: number;
  /** 2.x tells the tasks of a run, 3.0 elsewhere. */
  withTasks: boolean;
}

/** Throws unless that person may do that there; single-user mode asks nobody. */
export function authorize(
  { access }: PipelinesWorld,
  call: PipelinesCall,
  verb: string,
  namespace: string,
): void {
  if (access.kind === "single-user") return;
  if (call.user === undefined || call.user === "") throw unauthenticated();
  if (namespace === "")
    throw invalidArgument("Invalid input error: a namespace is needed in multi-user mode");
  if (!access.mayUse(call.user, namespace)) throw permissionDenied(call.user, verb, namespace);
}

/** Of a list or a new object. */
export function namespaceOf({ access }: PipelinesWorld, asked: string | null): string {
  return access.kind === "single-user" ? access.namespace : (asked ?? "");
}

/** A text field of a body; "" where there is none. */
export const textIn = (body: unknown, field: string): string => {
  const value = isObject(body) ? body[field] : undefined;
  return typeof value === "string" ? value : "";
};

/** Pipelines and their versions; undefined: another path. */
export function servePipelines(world: PipelinesWorld, call: PipelinesCall): object | undefined {
  const { state } = world;
  const [first, id = "", third, versionId] = call.path.split("/").slice(1).map(decodeURIComponent);
  if (first !== "pipelines") return undefined;
  if (call.method !== "GET") return id === "" ? createPipeline(world, call) : createVersion(world, call, id);
  if (id === "") {
    const namespace = call.query.get("namespace") ?? "";
    if (namespace !== "") authorize(world, call, "list", namespace);
    const own = state.pipelines.filter((one) => one.namespace === namespace);
    return pageOf("pipelines", own, call.query, ["pipeline_id", "name", "display_name", "created_at"]);
  }
  if (id === "names") {
    const namespace = call.query.get("namespace") ?? "";
    if (namespace !== "") authorize(world, call, "get", namespace);
    const found = state.pipelines.find((one) => one.name === third && one.namespace === namespace);
    if (found === undefined) throw notFound("Pipeline", third ?? "");
    return found;
  }
  const pipeline = state.pipelines.find((one) => one.pipeline_id === id);
  if (pipeline === undefined) throw notFound("Pipeline", id);
  if (third === undefined) return pipeline;
  const versions = state.versions.filter((one) => one.pipeline_id === id);
  if (versionId === undefined)
    return pageOf("pipeline_versions", versions, call.query, [
      "pipeline_version_id",
      "name",
      "display_name",
      "created_at",
    ]);
  const version = versions.find((one) => one.pipeline_version_id === versionId);
  if (version === undefined) throw notFound("PipelineVersion", versionId);
  return version;
}

function createPipeline(world: PipelinesWorld, call: PipelinesCall): object {
  const displayName = textIn(call.body, "display_name");
  const name = textIn(call.body, "name") || displayName;
  const namespace = textIn(call.body, "namespace");
  if (name === "") throw invalidArgument("Invalid input error: pipeline's name cannot be empty");
  if (namespace !== "") authorize(world, call, "create", namespace);
  if (world.state.pipelines.some((one) => one.name === name && one.namespace === namespace))
    throw alreadyExists(
      `Already exist error: Failed to create a new pipeline. The name ${name} already exists. Please specify a new name`,
    );
  const pipeline = {
    pipeline_id: randomUUID(),
    name,
    display_name: displayName || name,
    description: textIn(call.body, "description"),
    namespace,
    created_at: timeText(world.nowMs()),
  };
  world.state.pipelines.push(pipeline);
  world.save();
  return pipeline;
}

function createVersion(world: PipelinesWorld, call: PipelinesCall, pipelineId: string): StoredVersion {
  if (!world.state.pipelines.some((one) => one.pipeline_id === pipelineId))
    throw notFound("Pipeline", pipelineId);
  const spec = isObject(call.body) ? call.body["pipeline_spec"] : undefined;
  const displayName = textIn(call.body, "display_name") || textIn(call.body, "name");
  if (displayName === "" || !isObject(spec))
    throw invalidArgument("Invalid input error: a version needs a name and its specification");
  const version = {
    pipeline_id: pipelineId,
    pipeline_version_id: randomUUID(),
    name: displayName,
    display_name: displayName,
    created_at: timeText(world.nowMs()),
    pipeline_spec: spec,
  };
  world.state.versions.push(version);
  world.save();
  return version;
}

/** Experiments; undefined: another path. */
export function serveExperiments(world: PipelinesWorld, call: PipelinesCall): object | undefined {
  const [, id = "", verb] = /^\/experiments(?:\/([^/:]+))?(?::(archive|unarchive))?$/.exec(call.path) ?? [];
  if (!/^\/experiments(?:$|[/:])/.test(call.path)) return undefined;
  const { experiments } = world.state;
  if (id === "" && call.method === "GET") {
    const namespace = namespaceOf(world, call.query.get("namespace"));
    authorize(world, call, "list", namespace);
    const own = experiments.filter((one) => one.namespace === namespace);
    return pageOf("experiments", own, call.query, [
      "experiment_id",
      "display_name",
      "created_at",
      "storage_state",
    ]);
  }
  if (id === "") return createExperiment(world, call);
  const experiment = experiments.find((one) => one.experiment_id === id);
  if (experiment === undefined) throw notFound("Experiment", id);
  authorize(world, call, verb ?? "get", experiment.namespace);
  if (verb === undefined) return experiment;
  experiment.storage_state = verb === "archive" ? "ARCHIVED" : "AVAILABLE";
  world.save();
  return {};
}

function createExperiment(world: PipelinesWorld, call: PipelinesCall): StoredExperiment {
  const name = textIn(call.body, "display_name");
  const namespace = namespaceOf(world, textIn(call.body, "namespace"));
  authorize(world, call, "create", namespace);
  if (name === "") throw invalidArgument("Invalid input error: Experiment's name cannot be empty");
  if (world.state.experiments.some((one) => one.display_name === name && one.namespace === namespace))
    throw alreadyExists(
      `Already exist error: Failed to create a new experiment. The name ${name} already exists. Please specify a new name`,
    );
  const experiment: StoredExperiment = {
    experiment_id: randomUUID(),
    display_name: name,
    description: textIn(call.body, "description"),
    namespace,
    created_at: timeText(world.nowMs()),
    storage_state: "AVAILABLE",
  };
  world.state.experiments.push(experiment);
  world.save();
  return experiment;
}

/** As protobuf's JSON: what is empty is left out. */
export function pageOf(
  field: string,
  rows: readonly object[],
  query: URLSearchParams,
  keys: readonly string[],
) {
  const page = listPage(rows as readonly Record<string, unknown>[], query, keys);
  return {
    ...(page.items.length > 0 && { [field]: page.items }),
    ...(page.total > 0 && { total_size: page.total }),
    ...(page.next !== undefined && { next_page_token: page.next }),
  };
}
