import type { FieldProblem } from "../../actions/ports.ts";
import { lookUp, orProblems, unknown } from "./command-words.ts";
import type { ParsedCommand } from "./parsed-command.ts";

export const DOCS_WORDS: Readonly<Record<string, "sources" | "sync" | "channel" | "help">> = {
  sources: "sources",
  소스: "sources",
  sync: "sync",
  동기화: "sync",
  channel: "channel",
  채널: "channel",
  help: "help",
  도움말: "help",
};

const SWITCH_WORDS: Readonly<Record<string, boolean>> = { on: true, 켜기: true, off: false, 끄기: false };

/** `/docs sources`, `/docs sync NAME`, `/docs channel on|off`. */
export function parseDocs(words: readonly string[]): ParsedCommand {
  const [word, source = "", ...more] = words;
  if (word === undefined) return { kind: "help", topic: "docs" };
  const verb = lookUp(DOCS_WORDS, word);
  if (verb === undefined) return unknown("docs", word, Object.keys(DOCS_WORDS));
  if (verb === "help") return { kind: "help", topic: "docs" };
  if (verb === "channel") {
    const isOn = lookUp(SWITCH_WORDS, source);
    if (isOn === undefined || more.length > 0) return { kind: "help", topic: "docs" };
    return { kind: "docs-channel", isOn };
  }
  const extra = verb === "sync" ? more : words.slice(1);
  const problems = extra.map((given): FieldProblem => ({ field: given.slice(0, 80), code: "unknown-field" }));
  return orProblems(problems, verb === "sync" ? { kind: "docs-sync", source } : { kind: "docs-sources" });
}
