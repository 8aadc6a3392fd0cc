import type { FieldProblem } from "../../actions/ports.ts";
import { lookUp, orProblems, unknown } from "./command-words.ts";
import type { ParsedCommand } from "./parsed-command.ts";
import { integerIn, tooMany } from "./word-problems.ts";

export const DOCS_WORDS: Readonly<
  Record<string, "sources" | "sync" | "channel" | "term" | "terms" | "answers" | "help">
> = {
  sources: "sources",
  소스: "sources",
  sync: "sync",
  동기화: "sync",
  channel: "channel",
  채널: "channel",
  term: "term",
  용어: "term",
  terms: "terms",
  용어집: "terms",
  answers: "answers",
  답변: "answers",
  help: "help",
  도움말: "help",
};

const SWITCH_WORDS: Readonly<Record<string, boolean>> = { on: true, 켜기: true, off: false, 끄기: false };

const TERM_WORDS: Readonly<Record<string, "list" | "remove">> = {
  list: "list",
  목록: "list",
  remove: "remove",
  삭제: "remove",
};

/** `/docs sources`, `/docs sync NAME`, `/docs channel on|off`, `/docs terms`, `/docs term A = B`, `/docs term remove A`. */
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
  if (verb === "answers") return parseAnswers(words.slice(1));
  if (verb === "term") return parseTerm(words.slice(1));
  const extra = verb === "sync" ? more : words.slice(1);
  const problems = extra.map((given): FieldProblem => ({ field: given.slice(0, 80), code: "unknown-field" }));
  if (verb === "terms") return orProblems(problems, { kind: "docs-terms" });
  return orProblems(problems, verb === "sync" ? { kind: "docs-sync", source } : { kind: "docs-sources" });
}

function parseAnswers([first, number = "", ...more]: readonly string[]): ParsedCommand {
  if (first === undefined || (lookUp(TERM_WORDS, first) === "list" && number === ""))
    return { kind: "docs-answers" };
  if (lookUp(TERM_WORDS, first) !== "remove") return unknown("docs", first, Object.keys(TERM_WORDS));
  const problems = tooMany(more, 0);
  const wanted = integerIn({ number }, "number", 0, 1, 2_000_000_000, problems);
  return orProblems(problems, { kind: "docs-answers-remove", number: wanted });
}

/** Without an equals sign a side is missing, which the answer explains. */
function parseTerm(words: readonly string[]): ParsedCommand {
  const [first = "", ...rest] = words;
  const verb = lookUp(TERM_WORDS, first);
  if (verb === "list" && rest.length === 0) return { kind: "docs-terms" };
  // "remove = 삭제" is a pair of words as any other.
  if (verb === "remove" && rest.length > 0 && rest[0] !== "=")
    return { kind: "docs-term-remove", text: rest.join(" ") };
  const [term = "", ...counterpart] = words.join(" ").split("=");
  return { kind: "docs-term", term: term.trim(), counterpart: counterpart.join("=").trim() };
}
