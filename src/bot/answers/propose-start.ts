import type { Stage, StageParameter } from "../../actions/ports.ts";
import { parseStageParams } from "../../actions/training/stage-catalogue.ts";
import { wordOf } from "../live/choose-lookups.ts";

/** A start that a question asks for. Nothing happens without a click, and then a preview. */
export interface Proposal {
  stage: string;
  /** As a person would type them; each is valid for the stage. */
  parameters: Readonly<Record<string, string>>;
  /** What was asked for and does not exist, or not with that value. */
  dropped: readonly string[];
}

const ENGLISH_START = /\b(?:start|run|launch|kick off|begin)\b/i;
const KOREAN_START = /(?:시작|실행|돌려|돌리|띄워|띄우|걸어)(?!된|되|됐|했)/;
const NEGATED = /\b(?:don'?t|do not|never|without)\b|하지 ?마|지 ?말/i;
/** Between the verb and the stage: "start another sft run". */
const MAX_BETWEEN = 24;
const MAX_DROPPED = 5;

/**
 * The start of a stage that a sentence asks for: its verb beside a stage's name, and parameters by name ("learning-rate=1e-5",
 * "learning rate 1e-5") or by a choice that only one parameter has ("7B"). Read from the person's own words alone: what documents,
 * threads or models say can make no proposal.
 */
export function proposeStart(sentence: string, stages: readonly Stage[]): Proposal | undefined {
  const text = sentence.normalize("NFKC");
  const stage = stages.find(({ name }) => isStartOf(text, name));
  if (stage === undefined || NEGATED.test(text)) return undefined;
  const wanted = { ...choicesIn(text, stage), ...namedIn(text, stage) };
  const parameters: Record<string, string> = {};
  const dropped: string[] = [];
  for (const [name, value] of Object.entries({ ...wanted, ...pairsIn(text) })) {
    const given = { [name]: value };
    if (parseStageParams(stage, given).ok) parameters[name] = value;
    else dropped.push(`${name}=${value}`);
  }
  return { stage: stage.name, parameters, dropped: dropped.slice(0, MAX_DROPPED) };
}

function isStartOf(text: string, stage: string): boolean {
  const found = wordOf(stage).exec(text);
  if (found === null) return false;
  const before = text.slice(Math.max(0, found.index - MAX_BETWEEN), found.index);
  const after = text.slice(found.index + stage.length);
  const isVerbBefore = ENGLISH_START.test(before) && !/[.?!]/.test(before.split(ENGLISH_START).at(-1) ?? "");
  return isVerbBefore || KOREAN_START.test(after);
}

/** "name=value", whatever the name. */
function pairsIn(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/(?<![\w-])([a-z][\w-]{0,60})=([^\s,?!]{1,200})/gi)];
  return Object.fromEntries(
    pairs.map(([, name = "", value = ""]) => [name.toLowerCase().replaceAll("_", "-"), value]),
  );
}

/** "learning rate 1e-5", "batch size of 8". */
function namedIn(text: string, { parameters }: Stage): Record<string, string> {
  const found = parameters.flatMap(({ name }) => {
    const words = name.split("-").join("[\\s_-]");
    const value = new RegExp(`(?<![\\w-])${words}\\s+(?:of |to |is |as )?([\\w./+-]*\\w)`, "i").exec(
      text,
    )?.[1];
    return value === undefined || !/\d/.test(value) ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** A choice that stands in the sentence and belongs to one parameter alone. */
function choicesIn(text: string, { parameters }: Stage): Record<string, string> {
  const found = new Map<string, StageParameter[]>();
  for (const parameter of parameters)
    for (const choice of parameter.choices ?? [])
      // A bare number may be anything.
      if (/[a-z]/i.test(String(choice)) && wordOf(String(choice)).test(text))
        found.set(String(choice), [...(found.get(String(choice)) ?? []), parameter]);
  return Object.fromEntries(
    [...found].flatMap(([choice, [only, ...more]]) =>
      only === undefined || more.length > 0 ? [] : [[only.name, choice] as const],
    ),
  );
}
