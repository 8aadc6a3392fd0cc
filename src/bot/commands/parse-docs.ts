import type { FieldProblem } from "../../actions/ports.ts";
import { lookUp, orProblems, unknown } from "./command-words.ts";
import type { ParsedCommand } from "./parsed-command.ts";

export const DOCS_WORDS: Readonly<Record<string, "sources" | "sync" | "help">> = {
  sources: "sources",
  소스: "sources",
  sync: "sync",
  동기화: "sync",
  help: "help",
  도움말: "help",
};

/** `/docs sources`, `/docs sync NAME`. */
export function parseDocs(words: readonly string[]): ParsedCommand {
  const [word, source = "", ...more] = words;
  if (word === undefined) return { kind: "help", topic: "docs" };
  const verb = lookUp(DOCS_WORDS, word);
  if (verb === undefined) return unknown("docs", word, Object.keys(DOCS_WORDS));
  if (verb === "help") return { kind: "help", topic: "docs" };
  const extra = verb === "sync" ? more : words.slice(1);
  const problems = extra.map((given): FieldProblem => ({ field: given.slice(0, 80), code: "unknown-field" }));
  return orProblems(problems, verb === "sync" ? { kind: "docs-sync", source } : { kind: "docs-sources" });
}
