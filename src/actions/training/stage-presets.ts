import type { Store } from "../../store/database.ts";
import { nearestWord } from "../nearest-word.ts";
import type { FieldProblem, Result, Stage } from "../ports.ts";
import { formatValue } from "./stage-catalogue.ts";
import type { TrainStartInput } from "./train-start.ts";

/** Reserved: what the person started this stage with the last time. */
export const LAST_PRESET = "last";
const LAST_WORDS: readonly string[] = [LAST_PRESET, "지난번"];

/** `preset=NAME` becomes the parameters that it stands for; what else was given is laid over them. */
export async function fillPreset(
  deps: { store: Store; stages: readonly Stage[] },
  owner: string,
  input: TrainStartInput,
): Promise<Result<TrainStartInput, readonly FieldProblem[]>> {
  const { preset, ...given } = input.parameters;
  const stage = deps.stages.find(({ name }) => name === input.stage.toLowerCase());
  if (preset === undefined || stage === undefined || stage.parameters.some(({ name }) => name === "preset"))
    return { ok: true, value: input };
  const filled = await presetParameters(deps.store, owner, stage, preset);
  if (filled !== undefined) return { ok: true, value: { ...input, parameters: { ...filled, ...given } } };
  if (LAST_WORDS.includes(preset.toLowerCase()))
    return { ok: false, failure: [{ field: "preset", code: "no-last-run", given: stage.name }] };
  const names = [...(stage.presets ?? []).map(({ name }) => name), LAST_PRESET];
  const suggestion = nearestWord(preset, names);
  return {
    ok: false,
    failure: [
      {
        field: "preset",
        code: "not-a-choice",
        given: preset.slice(0, 80),
        allowed: names.join(", "),
        ...(suggestion !== undefined && { suggestion }),
      },
    ],
  };
}

/** As somebody would type them; undefined: there is no such preset, or no last time. */
export async function presetParameters(
  store: Store,
  owner: string,
  stage: Stage,
  preset: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (LAST_WORDS.includes(preset.toLowerCase())) return lastParameters(store, owner, stage);
  const found = stage.presets?.find(({ name }) => name === preset.toLowerCase());
  return (
    found &&
    Object.fromEntries(Object.entries(found.parameters).map(([name, value]) => [name, formatValue(value)]))
  );
}

/** Without what the stage has no parameter for any more. */
async function lastParameters(
  store: Store,
  owner: string,
  stage: Stage,
): Promise<Readonly<Record<string, string>> | undefined> {
  const last = await store
    .selectFrom("runs")
    .innerJoin("requests", "requests.id", "runs.request_id")
    .select("requests.input")
    .where("runs.owner", "=", owner)
    .where("runs.stage", "=", stage.name)
    .where("requests.action", "=", "train-start")
    .orderBy("runs.created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return undefined;
  const names = new Set(stage.parameters.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries((last.input as TrainStartInput).parameters).filter(([name]) => names.has(name)),
  );
}
