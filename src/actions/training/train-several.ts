import { z } from "zod";
import { defineChange } from "../define-action.ts";
import type { Stage } from "../ports.ts";
import { planSteps, wholeOf } from "./pipelines/plan-steps.ts";
import { findStage } from "./stage-catalogue.ts";

const input = z.object({
  stage: z.string(),
  /** As typed; "7B,72B" stands for one run each. */
  parameters: z.record(z.string(), z.string()),
});

const MOST_RUNS = 8;

/** Starts a stage once for each of several values, side by side: shown and approved as one. */
export const trainSeveral = defineChange<z.infer<typeof input>>({
  name: "train-several",
  summary: "Start a stage with several values side by side",
  input,
  risk: "change",
  reservesGpus: "step-by-step",
  examples: [
    {
      command: "/train several sft model-size=7B,72B",
      input: { stage: "sft", parameters: { "model-size": "7B,72B" } },
    },
  ],

  async plan({ stage: stageName, parameters }, deps) {
    const found = findStage(deps.stages, stageName);
    if (!found.ok) return { ok: false, failure: [found.failure] };
    const stage = found.value;
    const combinations = combine(stage, parameters);
    if (combinations.length > MOST_RUNS)
      return {
        ok: false,
        failure: [
          {
            field: "parameters",
            code: "above-maximum",
            given: String(combinations.length),
            allowed: `<= ${MOST_RUNS}`,
          },
        ],
      };
    const varied = severalOf(stage, parameters);
    const planned = await planSteps(
      combinations.map((one) => ({
        input: { stage: stage.name, parameters: one },
        gate: false,
        label: [stage.name, ...varied.map((name) => `${name}=${one[name] ?? ""}`)].join(" · "),
        fieldPrefix: "",
      })),
      deps,
    );
    if (!planned.ok) return planned;
    return {
      ok: true,
      value: wholeOf(
        { pipeline: stage.name, parallel: true, steps: planned.value },
        {
          name: stage.name,
          title: [stage.name, ...varied.map((name) => `${name}=${parameters[name] ?? ""}`)].join(" · "),
        },
      ),
    };
  },

  // Its runs are requests of their own, made by `advancePipeline`.
  run: async () => ({ kind: "pipeline-started" }),
});

/** Names of the parameters that were given several values. A free text may hold commas of its own. */
export function severalOf(stage: Stage, given: Readonly<Record<string, string>>): string[] {
  return stage.parameters
    .filter(({ type, choices }) => type !== "string" || choices !== undefined)
    .map(({ name }) => name)
    .filter((name) => Object.hasOwn(given, name) && given[name]?.includes(","));
}

/** Each combination of the values, in the order in which they were typed; the same one twice counts once. */
function combine(
  stage: Stage,
  given: Readonly<Record<string, string>>,
): readonly Readonly<Record<string, string>>[] {
  let combinations: Readonly<Record<string, string>>[] = [{ ...given }];
  for (const name of severalOf(stage, given)) {
    const values = [...new Set((given[name] ?? "").split(",").map((value) => value.trim()))];
    combinations = combinations
      .slice(0, MOST_RUNS + 1)
      .flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return combinations;
}
