import { z } from "zod";
import { defineChange } from "../define-action.ts";
import type { FieldProblem } from "../ports.ts";
import type { Hold } from "./pipelines/hold.ts";
import { planSteps, wholeOf } from "./pipelines/plan-steps.ts";
import { readDeadline } from "./read-deadline.ts";

const input = z.object({
  stage: z.string(),
  /** As typed; the stage's own parameters say what is allowed. */
  parameters: z.record(z.string(), z.string()),
  /** "claim": the person is asked when the GPUs are there; "auto": it starts by itself. */
  start: z.enum(["claim", "auto"]),
  /** As typed: "fri", "18:00", "3d", "2026-11-27". */
  before: z.string(),
});

/** Starts a stage when its GPUs are free: planned, shown and approved now, made when there is room. */
export const trainHold = defineChange<z.infer<typeof input>>({
  name: "train-hold",
  summary: "Start a stage when its GPUs are free",
  input,
  risk: "change",
  reservesGpus: "step-by-step",
  examples: [
    {
      command: "/train hold sft model-size=7B before=fri",
      input: { stage: "sft", parameters: { "model-size": "7B" }, start: "claim", before: "fri" },
    },
  ],

  async plan({ stage, parameters, start, before }, deps) {
    const deadline = readDeadline(before, deps.now(), deps.person.timeZone);
    if (deadline === undefined) {
      const problem: FieldProblem = {
        field: "before",
        code: "not-a-choice",
        given: before.slice(0, 40),
        allowed: "fri, 18:00, 12h, 3d, 2026-12-31",
      };
      return { ok: false, failure: [problem] };
    }
    const planned = await planSteps([{ input: { stage, parameters }, gate: false, fieldPrefix: "" }], deps);
    if (!planned.ok) return planned;
    const [step] = planned.value;
    if (step === undefined) throw new Error("a hold without its step");
    const { preview, object } = step.planned;
    const engine = deps.engines.get(
      deps.stages.find(({ name }) => name === step.input.stage.toLowerCase())?.engine ?? "pytorch-job",
    );
    const hold: Hold = {
      start,
      before: deadline.toISOString(),
      podGpus: engine?.footprint(object).podGpus ?? [preview.gpus],
      ...(preview.gpuType !== undefined && { gpuType: preview.gpuType }),
    };
    const whole = wholeOf(
      { pipeline: stage, steps: planned.value, hold },
      { name: step.stage, title: preview.title },
    );
    return { ok: true, value: { ...whole, preview: { ...whole.preview, hold } } };
  },

  // Its run is a request of its own, made by `advancePipeline` when there is room.
  run: async () => ({ kind: "pipeline-started" }),
});
