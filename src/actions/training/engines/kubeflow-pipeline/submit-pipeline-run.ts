import type { Identity, PlatformObject, Result } from "../../../ports.ts";
import type { SubmitFailure } from "../../engine-ports.ts";
import type {
  KubeflowPipelines,
  PipelineRun,
  PipelinesRefusal,
  PipelineVersion,
} from "./kubeflow-pipelines-port.ts";
import {
  checkParameters,
  describeRun,
  isRunOf,
  readSpec,
  type FieldFault,
  type PipelineRunSpec,
} from "./pipeline-run-object.ts";

interface Resolved {
  spec: PipelineRunSpec;
  version: PipelineVersion;
}

/** Finds the pipeline and its version, and looks at the parameters. Makes nothing. */
export async function resolvePipeline(
  pipelines: KubeflowPipelines,
  object: PlatformObject,
  as: Identity,
): Promise<Result<Resolved, SubmitFailure>> {
  const read = readSpec(object);
  if (!read.ok) return invalid(read.faults);
  const { spec } = read;
  const { namespace } = object.metadata;
  const found = await pipelines.findPipeline(spec.pipeline, namespace, as);
  if (!found.ok) return refused(found.failure, "spec.pipeline");
  const version = await pipelines.findVersion(found.value.pipelineId, spec.version, as);
  if (!version.ok) return refused(version.failure, "spec.version");
  const faults = checkParameters(spec.parameters, version.value.parameters);
  return faults.length > 0 ? invalid(faults) : { ok: true, value: { spec, version: version.value } };
}

/** The run of that object's name, if there is one: ours, or somebody else's. Of several of ours the oldest is it. */
export async function findRun(
  pipelines: KubeflowPipelines,
  object: PlatformObject,
  as: Identity,
): Promise<Result<PipelineRun | undefined, SubmitFailure>> {
  const { name, namespace } = object.metadata;
  const found = await pipelines.findRuns(name, namespace, as);
  if (!found.ok) return refused(found.failure, "metadata.namespace");
  const own = found.value.find((run) => isRunOf(run, object));
  if (own !== undefined || found.value.length === 0) return { ok: true, value: own };
  return {
    ok: false,
    failure: { kind: "name-taken", message: `a run named ${name} belongs to somebody else` },
  };
}

/**
 * Makes the run unless it is there. Kubeflow Pipelines takes the same request twice for two runs, so it is looked for before, and
 * once more after: of two callers at the same moment the later one ends its own. What cannot be closed: an API server that dies
 * between making the workflow and writing its row shows the run only once its persistence agent has reported it.
 */
export async function submitPipelineRun(
  pipelines: KubeflowPipelines,
  object: PlatformObject,
  as: Identity,
): Promise<Result<PipelineRun, SubmitFailure>> {
  const existing = await findRun(pipelines, object, as);
  if (!existing.ok) return existing;
  if (existing.value !== undefined) return { ok: true, value: existing.value };
  const resolved = await resolvePipeline(pipelines, object, as);
  if (!resolved.ok) return resolved;
  const { spec, version } = resolved.value;
  const experiment = await ensureExperiment(pipelines, spec.experiment, object.metadata.namespace, as);
  if (!experiment.ok) return refused(experiment.failure, "spec.experiment");
  const { parameters, pipelineRoot, serviceAccount } = spec;
  const created = await pipelines.createRun(
    {
      displayName: object.metadata.name,
      description: describeRun(object),
      experimentId: experiment.value.experimentId,
      version,
      parameters,
      pipelineRoot,
      serviceAccount,
    },
    as,
  );
  if (!created.ok) return refused(created.failure, "spec");
  const first = await findRun(pipelines, object, as);
  if (!first.ok || first.value === undefined || first.value.runId === created.value.runId) return created;
  const ended = await pipelines.terminateRun(created.value.runId, as);
  return ended.ok ? { ok: true, value: first.value } : refused(ended.failure, "metadata.name");
}

async function ensureExperiment(
  pipelines: KubeflowPipelines,
  name: string,
  namespace: string,
  as: Identity,
): Promise<Result<{ experimentId: string }, PipelinesRefusal>> {
  const find = () => pipelines.findExperiment(name, namespace, as);
  const found = await find();
  if (!found.ok) return found;
  if (found.value !== undefined) return { ok: true, value: found.value };
  const created = await pipelines.createExperiment(name, namespace, as);
  if (created.ok || created.failure.kind !== "conflict") return created;
  // Somebody else made it in between.
  const again = await find();
  if (!again.ok) return again;
  return again.value === undefined ? created : { ok: true, value: again.value };
}

function invalid(faults: readonly FieldFault[]): { ok: false; failure: SubmitFailure } {
  const message = faults.map(({ path, message: what }) => `${path}: ${what}`).join("; ");
  return { ok: false, failure: { kind: "invalid", message, fields: faults } };
}

function refused({ kind, message }: PipelinesRefusal, path: string): { ok: false; failure: SubmitFailure } {
  return kind === "forbidden"
    ? { ok: false, failure: { kind, message } }
    : { ok: false, failure: { kind: "invalid", message, fields: [{ path, message }] } };
}
