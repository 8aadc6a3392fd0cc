import type { FieldProblem } from "../../actions/ports.ts";

/** Words that nothing takes. */
export function tooMany(plain: readonly string[], allowed: number): FieldProblem[] {
  return plain
    .slice(allowed)
    .map((given) => ({ field: given.slice(0, 80), code: "unknown-field", allowed: "name=value" }));
}

/** Names that nothing takes. */
export function unknownPairs(
  pairs: Readonly<Record<string, string>>,
  allowed: readonly string[],
): FieldProblem[] {
  return Object.keys(pairs)
    .filter((key) => !allowed.includes(key))
    .map((key) => ({ field: key, code: "unknown-field", allowed: allowed.join(", ") }));
}

/** The number of that name, or the fallback; a problem is added to the list. */
export function integerIn(
  pairs: Readonly<Record<string, string>>,
  name: string,
  fallback: number,
  min: number,
  max: number,
  problems: FieldProblem[],
): number {
  const text = pairs[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= min && value <= max) return value;
  problems.push({ field: name, code: "not-an-integer", given: text.slice(0, 80), allowed: `${min}-${max}` });
  return fallback;
}

/** The choice of that name, in any case, or the first one; a problem is added to the list. */
export function choiceOf<const Choice extends string>(
  field: string,
  text: string,
  choices: readonly [Choice, ...Choice[]],
  problems: FieldProblem[],
): Choice {
  const given = text.toLowerCase();
  const choice = choices.find((candidate) => candidate === given);
  if (choice !== undefined) return choice;
  const allowed = choices.filter((candidate) => candidate !== "").join(", ");
  problems.push({ field, code: "not-a-choice", given: given.slice(0, 80), allowed });
  return choices[0];
}
