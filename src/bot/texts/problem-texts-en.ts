import type { FieldProblem } from "../../actions/ports.ts";
import { code } from "../escape.ts";

/** What is wrong with one field of an input. */
export function problemInEnglish({ field, code: kind, given, allowed, suggestion }: FieldProblem): string {
  const name = code(field);
  const what = given === undefined ? name : code(`${field}=${given}`);
  const only = allowed === undefined ? "" : ` Allowed: ${code(allowed)}.`;
  const meant = suggestion === undefined ? "" : ` Did you mean ${code(suggestion)}?`;
  switch (kind) {
    case "required":
      return `${name} is missing.${only}`;
    case "unknown-field":
      return `There is no ${name} here.${meant}${only}`;
    case "unknown-stage":
      return `There is no stage ${code(given ?? "")}.${meant} Stages: ${code(allowed ?? "")}.`;
    case "unknown-run":
      return `There is no run ${code(given ?? "")}.${meant} See \`/train list all\`.`;
    case "unknown-cluster":
      return `There is no cluster ${code(given ?? "")}.${meant}${only}`;
    case "no-last-run":
      return `You have not started ${code(given ?? "")} yet: there are no values of the last time.`;
    case "no-team":
      return "You belong to no team yet. An operator gives your role its team in the settings; `/train list mine` shows your own runs.";
    case "ambiguous-run":
      return `Several runs begin with ${code(given ?? "")}: ${code(allowed ?? "")}. Please write more of the name.`;
    case "not-an-integer":
      return `${what} cannot be used: it has to be a whole number.${only}`;
    case "not-a-number":
      return `${what} cannot be used: it has to be a number.${only}`;
    case "not-a-boolean":
      return `${what} cannot be used: it has to be true or false.`;
    case "not-a-choice":
      return `${what} cannot be used.${only}`;
    case "below-minimum":
      return `${what} is too small.${only}`;
    case "above-maximum":
      return `${what} is too large.${only}`;
    case "too-long":
      return `${name} is too long.${only}`;
    case "bad-characters":
      return `${what} cannot be used: letters, digits and \`. _ : / @ + = , -\` only.`;
    case "given-twice":
      return `${name} is given twice.`;
    case "unknown-object":
      return `There is no ${code(given ?? "")} that you may see where the stages run. \`namespace=NAME\` looks elsewhere.`;
    case "already-followed":
      return `${code(given ?? "")} is followed already: \`/train status ${given ?? ""}\`.`;
    case "nothing-left":
      return `Nothing of yours is left of runs that ended more than ${given ?? ""} days ago.`;
    case "no-best-trial":
      return `${code(given ?? "")} has no trial yet whose values another stage takes. The stage of a sweep names the one it tunes with \`tunes\`.`;
    case "step-not-allowed":
      return `Your role does not allow the step ${code(given ?? "")}. Your MLOps lead can add a rule.`;
    case "not-started-here":
      return `${code(given ?? "")} was not started by Jibsa, so it is not known with what. Start the stage with \`/train start\`.`;
  }
  return kind satisfies never;
}
