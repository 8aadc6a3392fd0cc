import type { FieldProblem } from "../../actions/ports.ts";
import { isKnownWord, lookUp, orProblems, splitWords, unknown } from "./command-words.ts";
import type { ParsedCommand } from "./parsed-command.ts";
import { asksForSummary } from "./asks-for-summary.ts";
import { DOCS_WORDS, parseDocs } from "./parse-docs.ts";
import { JIBSA_WORDS, parseJibsa } from "./parse-jibsa.ts";
import { parseTrain, TRAIN_WORDS } from "./parse-train.ts";

const MAX_TEXT_LENGTH = 4_000;
const CLUSTER_WORDS: Readonly<Record<string, "status" | "help">> = {
  status: "status",
  상태: "status",
  help: "help",
  도움말: "help",
};
/** The first words by which a mention or a direct message is a command and not a question. */
const COMMANDS = ["train", "cluster", "docs", "jibsa", "ask", "help", "도움말"];

/** `/train …`, `/cluster …`, `/docs …`, `/jibsa …`, `/ask …`: any text gives a value, never an error. */
export function parseCommand(command: string, text: string): ParsedCommand {
  const name = command.replace(/^\//, "");
  if (name === "ask") return parseAsk(text.trim());
  if (text.length > MAX_TEXT_LENGTH)
    return {
      kind: "invalid",
      problems: [{ field: "text", code: "too-long", allowed: `<= ${MAX_TEXT_LENGTH}` }],
    };
  const words = splitWords(text);
  if (name === "train") return parseTrain(words);
  if (name === "cluster") return parseCluster(words);
  if (name === "docs") return parseDocs(words);
  if (name === "jibsa") return parseJibsa(words);
  return { kind: "help", topic: "all" };
}

/** A mention or direct message without the mention itself: a command if it begins like one, else a question. */
export function parseMessage(text: string): ParsedCommand {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "help", topic: "all" };
  const [first = "", ...rest] = trimmed.split(/\s+/);
  const word = first.toLowerCase().replace(/^\//, "");
  if (asksForSummary(trimmed)) return { kind: "summarise", text: trimmed };
  if (!COMMANDS.includes(word)) return { kind: "ask", question: trimmed };
  if ((word === "help" || word === "도움말") && rest.length === 0) return { kind: "help", topic: "all" };
  const remainder = trimmed.slice(first.length).trim();
  if (
    word === "train" &&
    !first.startsWith("/") &&
    rest.length > 0 &&
    !isKnownWord(TRAIN_WORDS, rest[0] ?? "")
  )
    return { kind: "ask", question: trimmed };
  if (
    word === "cluster" &&
    !first.startsWith("/") &&
    rest.length > 0 &&
    !isKnownWord(CLUSTER_WORDS, rest[0] ?? "")
  )
    return { kind: "ask", question: trimmed };
  if (word === "docs" && !first.startsWith("/") && rest.length > 0 && !isKnownWord(DOCS_WORDS, rest[0] ?? ""))
    return { kind: "ask", question: trimmed };
  if (
    word === "jibsa" &&
    !first.startsWith("/") &&
    rest.length > 0 &&
    !isKnownWord(JIBSA_WORDS, rest[0] ?? "")
  )
    return { kind: "ask", question: trimmed };
  if (word === "help" || word === "도움말") return { kind: "ask", question: trimmed };
  // "train why" and a run is a command, "train why does my loss rise" is not.
  if (word === "train" && /^(?:why|왜)$/i.test(rest[0] ?? "") && rest.length > 2)
    return { kind: "ask", question: trimmed };
  return parseCommand(word, remainder);
}

function parseAsk(text: string): ParsedCommand {
  const [, models, asked] = /^(?:--|—|–)compare[\s=]+([^\s,]+\s*,\s*[^\s,]+|\S+)\s*([^]*)$/.exec(text) ?? [];
  if (models !== undefined && asked !== undefined)
    return asked === ""
      ? { kind: "help", topic: "ask" }
      : {
          kind: "compare",
          question: asked,
          models: models.split(",").map((name) => name.trim().toLowerCase()),
        };
  let question = text;
  let model: string | undefined;
  let isPrivate = false;
  for (;;) {
    const [, flag, value, rest] =
      /^(?:--|—|–)(?:(model)[\s=]+(\S+)|(?:private|나만)(?!\S))\s*([^]*)$/i.exec(question) ?? [];
    if (rest === undefined) break;
    question = rest;
    if (flag === undefined) isPrivate = true;
    else model = value?.toLowerCase();
  }
  if (question === "") return { kind: "help", topic: "ask" };
  if (asksForSummary(question)) return { kind: "summarise", text: question };
  return {
    kind: "ask",
    question,
    ...(model !== undefined && { model }),
    ...(isPrivate && { isPrivate }),
  };
}

function parseCluster(words: readonly string[]): ParsedCommand {
  const [word, cluster = "", ...more] = words;
  if (word === undefined) return { kind: "help", topic: "cluster" };
  const verb = lookUp(CLUSTER_WORDS, word);
  if (verb === undefined) return unknown("cluster", word, Object.keys(CLUSTER_WORDS));
  if (verb === "help") return { kind: "help", topic: "cluster" };
  const problems = more.map((given): FieldProblem => ({ field: given.slice(0, 80), code: "unknown-field" }));
  return orProblems(problems, { kind: "cluster-status", cluster });
}
