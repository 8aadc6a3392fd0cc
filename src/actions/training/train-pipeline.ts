import { z } from "zod";
import { defineChange, type PlanDeps } from "../define-action.ts";
import { nearestWord } from "../nearest-word.ts";
import type { FieldProblem } from "../ports.ts";
import { nameFor } from "./engines/render-object.ts";
import { inputsOfSteps, stepIdOf } from "./pipelines/pipeline.ts";
import { planSteps, wholeOf } from "./pipelines/plan-steps.ts";
import { findStage } from "./stage-catalogue.ts";

const input = z.object({
  pipeline: z.string(),
  /** As typed; a parameter goes to every step that declares it, "sft.epochs" to that step alone. */
  parameters: z.record(z.string(), z.string()),
});

/** Of every kind of object the shortest limit: the name that a step hands on is known before its engine is. */
const MAX_NAME_LENGTH = 45;

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
    const nameOfRun = (stage: string, step: number) =>
      nameFor(stage, stepIdOf(deps.requestId, step), MAX_NAME_LENGTH);
    const { inputs, unknown } = inputsOfSteps(pipeline, deps.stages, parameters, nameOfRun);
    if (unknown.length > 0)
      return { ok: false, failure: unknown.map((field) => ({ field, code: "unknown-field" })) };
    const planned = await planSteps(
      pipeline.steps.map(({ stage, gate }, index) => ({
        input: inputs[index] ?? { stage, parameters: {} },
        gate,
        fieldPrefix: `${stage}.`,
      })),
      deps,
    );
    if (!planned.ok) return planned;
    const size = parameters["model-size"];
    const whole = wholeOf(
      { pipeline: pipeline.name, steps: planned.value },
      {
        name: pipeline.name,
        title: size === undefined ? pipeline.name : `${pipeline.name} · ${size}`,
        ...(pipeline.approval !== undefined && { approval: pipeline.approval }),
      },
    );
    return { ok: true, value: whole };
  },

  // Its steps are requests of their own, made one after another by `advancePipeline`.
  run: async () => ({ kind: "pipeline-started" }),
});

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
