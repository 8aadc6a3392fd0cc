import { z } from "zod";
import { defineChange } from "../define-action.ts";
import type { PlatformObject, Stage, StageParams } from "../ports.ts";
import type { ObjectOrigin, TrainingEngine } from "./engine-ports.ts";
import { diffObjects } from "./diff-objects.ts";
import { formatPath } from "./object-path.ts";
import { askCluster, expectHours } from "./plan-preview.ts";
import { findStage, parseStageParams } from "./stage-catalogue.ts";

const input = z.object({
  stage: z.string(),
  /** As typed; the stage's own parameters say what is allowed. */
  parameters: z.record(z.string(), z.string()),
});
export type TrainStartInput = z.infer<typeof input>;

export const trainStart = defineChange<TrainStartInput>({
  name: "train-start",
  summary: "Start a training stage",
  input,
  risk: "change",
  reservesGpus: "at-once",
  examples: [
    {
      command: "/train start sft model-size=7B",
      input: { stage: "sft", parameters: { "model-size": "7B" } },
    },
  ],

  async plan({ stage: stageName, parameters }, deps) {
    const found = findStage(deps.stages, stageName);
    if (!found.ok) return { ok: false, failure: [found.failure] };
    const stage = found.value;
    const params = parseStageParams(stage, parameters);
    if (!params.ok) return params;
    const engine = deps.engines.get(stage.engine);
    const cluster = deps.clusters.get(stage.cluster);
    if (engine === undefined || cluster === undefined)
      throw new Error(
        `stage ${stage.name} names engine ${stage.engine} on cluster ${stage.cluster}: not configured`,
      );
    const origin = { requestId: deps.requestId, owner: deps.person };
    const object = engine.render(stage, params.value, origin);
    const footprint = engine.footprint(object);
    const { gpus, gpuType } = footprint;
    const hours = await expectHours(deps, stage, cluster.simulated);
    const gpuHours = gpus * hours.hours;
    const answer = await askCluster({
      cluster,
      object,
      footprint,
      gpuHours,
      deps,
      access: {
        verb: "create",
        ...(engine.access ?? {
          group: object.apiVersion.split("/")[0] ?? "",
          resource: `${object.kind.toLowerCase()}s`,
        }),
      },
      check: () => engine.check(object, stage.cluster, deps.person.identity),
    });
    return {
      ok: true,
      value: {
        object,
        subject: {
          action: "train-start",
          stage: stage.name,
          namespace: stage.namespace,
          cluster: stage.cluster,
          gpus,
          // A few short runs must not lift an approval.
          gpuHours: gpus * Math.max(hours.hours, stage.expectedHours),
          ...(stage.approval !== undefined && { stageApproval: stage.approval }),
        },
        preview: {
          title: titleOf(stage.name, params.value),
          cluster: stage.cluster,
          simulated: cluster.simulated,
          namespace: stage.namespace,
          gpus,
          ...(gpuType !== undefined && { gpuType }),
          ...hours,
          gpuHours,
          changes: changesOf(stage, object, engine, origin),
          ...answer,
        },
      },
    };
  },

  async run({ stage: stageName, parameters }, object, deps) {
    const found = findStage(deps.stages, stageName);
    if (!found.ok)
      return {
        kind: "refused",
        failure: { kind: "not-installed", message: `stage ${stageName} is no longer configured` },
      };
    const stage = found.value;
    const engine = deps.engines.get(stage.engine);
    if (engine === undefined) throw new Error(`engine ${stage.engine} is not configured`);
    const submitted = await engine.submit(object, stage.cluster, deps.person.identity);
    if (!submitted.ok) return { kind: "refused", failure: submitted.failure };
    const params = parseStageParams(stage, parameters);
    return {
      kind: "run-started",
      ref: submitted.value,
      engine: stage.engine,
      stage: stage.name,
      title: titleOf(stage.name, params.ok ? params.value : {}),
      gpus: engine.footprint(object).gpus,
    };
  },
});

function titleOf(stage: string, params: StageParams): string {
  const size = params["model-size"];
  return size === undefined ? stage : `${stage} · ${String(size)}`;
}

/** The object against what its template gives without changes. A declared path bears its parameter's name. */
function changesOf(stage: Stage, object: PlatformObject, engine: TrainingEngine, origin: ObjectOrigin) {
  const names = new Map(stage.parameters.map((parameter) => [formatPath(parameter.path), parameter.name]));
  // Rendered for the same request without its parameters: what differs was asked for.
  const untouched = engine.render({ ...stage, parameters: [] }, {}, origin);
  return diffObjects(untouched["spec"], object["spec"], "spec").map((change) => ({
    ...change,
    path: names.get(change.path) ?? change.path,
  }));
}
