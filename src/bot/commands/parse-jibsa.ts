import type { FieldProblem } from "../../actions/ports.ts";
import { lookUp, orProblems, splitPairs, unknown } from "./command-words.ts";
import type { ParsedCommand } from "./parsed-command.ts";

export const JIBSA_WORDS: Readonly<Record<string, "models" | "help">> = {
  models: "models",
  모델: "models",
  help: "help",
  도움말: "help",
};
const MODELS_WORDS: Readonly<Record<string, "list" | "pull">> = {
  list: "list",
  목록: "list",
  pull: "pull",
  받기: "pull",
};

/** `/jibsa models`, `/jibsa models pull NAME`, on one of several servers with `on=NAME`. */
export function parseJibsa(words: readonly string[]): ParsedCommand {
  const [word, ...rest] = words;
  if (word === undefined) return { kind: "help", topic: "jibsa" };
  const area = lookUp(JIBSA_WORDS, word);
  if (area === undefined) return unknown("jibsa", word, Object.keys(JIBSA_WORDS));
  if (area === "help") return { kind: "help", topic: "jibsa" };
  const [first, ...given] = rest;
  if (first === undefined) return { kind: "models-list" };
  const verb = lookUp(MODELS_WORDS, first);
  if (verb === undefined) return unknown("jibsa", first, Object.keys(MODELS_WORDS));
  const { plain, pairs, problems } = splitPairs(given);
  const { on: server = "", ...others } = pairs;
  const [model = "", ...more] = verb === "pull" ? plain : ["", ...plain];
  const extra = [...more, ...Object.keys(others)].map((field): FieldProblem => ({
    field: field.slice(0, 80),
    code: "unknown-field",
  }));
  return orProblems(
    [...problems, ...extra],
    verb === "pull" ? { kind: "models-pull", model, server } : { kind: "models-list" },
  );
}
