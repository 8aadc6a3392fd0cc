import type { FieldProblem, Stage, StageParams } from "../../../ports.ts";
import type { RunTrial } from "../../engine-ports.ts";
import { parseStageParams } from "../../stage-catalogue.ts";

export type BestTrialParams =
  /** `given`: what a person would have typed. `params`: all parameters of the stage. `unused`: what the stage does not know. */
  | { kind: "taken"; given: Readonly<Record<string, string>>; params: StageParams; unused: readonly string[] }
  | { kind: "nothing-in-common" }
  /** The stage does not take such values. */
  | { kind: "refused"; problems: readonly FieldProblem[] };

/** "Train with the best parameters": a trial's values for the parameters of another stage that bear the same names. Pure. */
export function bestTrialParams(stage: Stage, best: Pick<RunTrial, "parameters">): BestTrialParams {
  const names = new Set(stage.parameters.map(({ name }) => name));
  const entries = Object.entries(best.parameters);
  const given = Object.fromEntries(
    entries.map(([name, value]) => [nameIn(names, name), value] as const).filter(([name]) => names.has(name)),
  );
  if (Object.keys(given).length === 0) return { kind: "nothing-in-common" };
  const parsed = parseStageParams(stage, given);
  if (!parsed.ok) return { kind: "refused", problems: parsed.failure };
  const unused = entries.map(([name]) => name).filter((name) => !names.has(nameIn(names, name)));
  return { kind: "taken", given, params: parsed.value, unused };
}

/** A sweep in Python says "learning_rate" where a stage says "learning-rate". */
function nameIn(names: ReadonlySet<string>, name: string): string {
  return names.has(name) ? name : name.replaceAll("_", "-");
}
