import { z } from "zod";
import { defineChange, type PlanDeps, type PlannedChange } from "../define-action.ts";
import { nearestWord } from "../nearest-word.ts";
import type { ApprovalNeed, FieldProblem, Result } from "../ports.ts";
import { nameFor } from "./engines/render-object.ts";
import {
  inputsOfSteps,
  pipelineObject,
  stepIdOf,
  type Pipeline,
  type PipelineSpec,
} from "./pipelines/pipeline.ts";
import { findStage } from "./stage-catalogue.ts";
import { trainStart } from "./train-start.ts";

const input = z.object({
  pipeline: z.string(),
  /** As typed; a parameter goes to every step that declares it, "sft.epochs" to that step alone. */
  parameters: z.record(z.string(), z.string()),
});

/** Runs the stages of a pipeline one after another; every step is planned, shown and approved beforehand. */
export const trainPipeline = defineChange<z.infer<typeof input>>({
  name: "train-pipeline",
  summary: "Start a pipeline of stages",
  input,
  risk: "change",
  reservesGpus: "step-by-step",
  examples: [
    {
      command: "/train pipeline korean-llm-steps model-size=7B",
      input: { pipeline: "korean-llm-steps", parameters: { "model-size": "7B" } },
    },
  ],

  async plan({ pipeline: name, parameters }, deps) {
    const pipeline = (deps.pipelines ?? []).find((candidate) => candidate.name === name.toLowerCase());
    if (pipeline === undefined) return { ok: false, failure: [unknownPipeline(name, deps)] };
    const nameOfRun = (stage: string, step: number) => nameFor(stage, stepIdOf(deps.requestId, step), 47);
    const { inputs, unknown } = inputsOfSteps(pipeline, deps.stages, parameters, nameOfRun);
    if (unknown.length > 0)
      return { ok: false, failure: unknown.map((field) => ({ field, code: "unknown-field" })) };
    const planned = await planSteps(pipeline, inputs, deps);
    if (!planned.ok) return planned;
    const steps = planned.value;
    const [first] = steps;
    if (first === undefined) throw new Error(`pipeline ${pipeline.name} has no steps`);
    const previews = steps.map(({ planned: step }) => step.preview);
    const gpus = Math.max(...previews.map((preview) => preview.gpus));
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    const approval = strictestOf([
      pipeline.approval,
      ...steps.map(({ planned: step }) => step.subject.stageApproval),
    ]);
    const { cluster, simulated, namespace, gpuType } = first.planned.preview;
    const size = parameters["model-size"];
    return {
      ok: true,
      value: {
        object: pipelineObject(pipeline.name, namespace, { pipeline: pipeline.name, steps }),
        subject: {
          // What it does is to start stages: the same rules and approvals.
          action: "train-start",
          stage: pipeline.name,
          namespace,
          cluster,
          gpus,
          gpuHours: sum(steps.map(({ planned: step }) => step.subject.gpuHours ?? 0)),
          ...(approval !== undefined && { stageApproval: approval }),
        },
        preview: {
          title: size === undefined ? pipeline.name : `${pipeline.name} · ${size}`,
          cluster,
          simulated,
          namespace,
          gpus,
          ...(gpuType !== undefined && { gpuType }),
          hours: sum(previews.map(({ hours }) => hours)),
          hoursFrom: { kind: "catalogue" },
          gpuHours: sum(previews.map(({ gpuHours }) => gpuHours)),
          changes: [],
          steps: steps.map(({ stage, gate, planned: step }) => ({
            stage,
            gate,
            gpus: step.preview.gpus,
            hours: step.preview.hours,
            changes: step.preview.changes,
          })),
          dryRun: previews.find(({ dryRun }) => dryRun.kind !== "accepted")?.dryRun ?? {
            kind: "accepted",
            warnings: [],
          },
          allowed: previews.find(({ allowed }) => allowed.kind !== "yes")?.allowed ?? { kind: "yes" },
        },
      },
    };
  },

  // Its steps are requests of their own, made one after another by `advancePipeline`.
  run: async () => ({ kind: "pipeline-started" }),
});

async function planSteps(
  pipeline: Pipeline,
  inputs: ReturnType<typeof inputsOfSteps>["inputs"],
  deps: PlanDeps,
): Promise<Result<PipelineSpec["steps"], readonly FieldProblem[]>> {
  const steps: PipelineSpec["steps"][number][] = [];
  const problems: FieldProblem[] = [];
  for (const [index, { stage, gate }] of pipeline.steps.entries()) {
    const given = inputs[index] ?? { stage, parameters: {} };
    const planned = await trainStart.plan(given, { ...deps, requestId: stepIdOf(deps.requestId, index) });
    if (!planned.ok)
      problems.push(...planned.failure.map((one) => ({ ...one, field: `${stage}.${one.field}` })));
    else if (!deps.may(planned.value.subject))
      problems.push({ field: stage, code: "step-not-allowed", given: stage });
    else steps.push({ stage, gate, input: given, planned: withoutUndefined(planned.value) });
  }
  return problems.length > 0 ? { ok: false, failure: problems } : { ok: true, value: steps };
}

/** As it comes back from the database, so that the hash is the same. */
function withoutUndefined(planned: PlannedChange): PlannedChange {
  return JSON.parse(JSON.stringify(planned)) as PlannedChange;
}

/** Of several, the one that asks for most people; the first of equals. */
function strictestOf(needs: readonly (ApprovalNeed | undefined)[]): ApprovalNeed | undefined {
  return needs.reduce(
    (best, need) => (need !== undefined && need.quorum > (best?.quorum ?? 0) ? need : best),
    undefined,
  );
}

function unknownPipeline(name: string, deps: PlanDeps): FieldProblem {
  const names = (deps.pipelines ?? []).map((pipeline) => pipeline.name);
  const stage = findStage(deps.stages, name);
  const suggestion = stage.ok ? stage.value.name : nearestWord(name, names);
  return {
    field: "pipeline",
    code: name === "" ? "required" : "unknown-stage",
    given: name.slice(0, 80),
    allowed: names.join(", "),
    ...(suggestion !== undefined && { suggestion }),
  };
}
