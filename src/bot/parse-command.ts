import { nearestWord } from "../actions/nearest-word.ts";
import type { FieldProblem } from "../actions/ports.ts";

export type HelpTopic = "all" | "train" | "cluster" | "ask";

export type ParsedCommand =
  | { kind: "help"; topic: HelpTopic }
  /** `/train start` without a stage: the form. */
  | { kind: "train-form" }
  | { kind: "train-start"; stage: string; parameters: Readonly<Record<string, string>> }
  | { kind: "train-list"; which: "open" | "mine" | "all" }
  | { kind: "train-status"; run: string }
  | { kind: "train-logs"; run: string; lines: number }
  | { kind: "train-cancel"; run: string }
  | { kind: "cluster-status"; cluster: string }
  | { kind: "ask"; question: string }
  | { kind: "unknown"; topic: HelpTopic; word: string; suggestion?: string }
  | { kind: "invalid"; problems: readonly FieldProblem[] };

const MAX_TEXT_LENGTH = 4_000;
const TRAIN_WORDS: Readonly<Record<string, "start" | "list" | "status" | "logs" | "cancel" | "help">> = {
  start: "start",
  run: "start",
  시작: "start",
  list: "list",
  ls: "list",
  목록: "list",
  status: "status",
  show: "status",
  상태: "status",
  logs: "logs",
  log: "logs",
  로그: "logs",
  cancel: "cancel",
  stop: "cancel",
  취소: "cancel",
  help: "help",
  도움말: "help",
};
const CLUSTER_WORDS: Readonly<Record<string, "status" | "help">> = {
  status: "status",
  상태: "status",
  help: "help",
  도움말: "help",
};
/** The first words by which a mention or a direct message is a command and not a question. */
const COMMANDS = ["train", "cluster", "ask", "help", "도움말"];

/** `/train …`, `/cluster …`, `/ask …`: any text gives a value, never an error. */
export function parseCommand(command: string, text: string): ParsedCommand {
  const name = command.replace(/^\//, "");
  if (name === "ask")
    return text.trim() === "" ? { kind: "help", topic: "ask" } : { kind: "ask", question: text.trim() };
  if (text.length > MAX_TEXT_LENGTH)
    return {
      kind: "invalid",
      problems: [{ field: "text", code: "too-long", allowed: `<= ${MAX_TEXT_LENGTH}` }],
    };
  const words = splitWords(text);
  if (name === "train") return parseTrain(words);
  if (name === "cluster") return parseCluster(words);
  return { kind: "help", topic: "all" };
}

/** A mention or direct message without the mention itself: a command if it begins like one, else a question. */
export function parseMessage(text: string): ParsedCommand {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "help", topic: "all" };
  const [first = "", ...rest] = trimmed.split(/\s+/);
  const word = first.toLowerCase().replace(/^\//, "");
  if (!COMMANDS.includes(word)) return { kind: "ask", question: trimmed };
  if ((word === "help" || word === "도움말") && rest.length === 0) return { kind: "help", topic: "all" };
  const remainder = trimmed.slice(first.length).trim();
  if (
    word === "train" &&
    !first.startsWith("/") &&
    rest.length > 0 &&
    !isKnownWord(TRAIN_WORDS, rest[0] ?? "", 1)
  )
    return { kind: "ask", question: trimmed };
  if (
    word === "cluster" &&
    !first.startsWith("/") &&
    rest.length > 0 &&
    !isKnownWord(CLUSTER_WORDS, rest[0] ?? "", 1)
  )
    return { kind: "ask", question: trimmed };
  if (word === "help" || word === "도움말") return { kind: "ask", question: trimmed };
  return parseCommand(word, remainder);
}

function parseTrain(words: readonly string[]): ParsedCommand {
  const [word, ...rest] = words;
  if (word === undefined) return { kind: "help", topic: "train" };
  const verb = lookUp(TRAIN_WORDS, word);
  if (verb === undefined) return unknown("train", word, Object.keys(TRAIN_WORDS));
  const { plain, pairs, problems } = splitPairs(rest);
  const tooMany = (allowed: number): FieldProblem[] =>
    plain
      .slice(allowed)
      .map((given) => ({ field: given.slice(0, 80), code: "unknown-field", allowed: "name=value" }));
  const noPairs = (allowed: readonly string[]): FieldProblem[] =>
    Object.keys(pairs)
      .filter((key) => !allowed.includes(key))
      .map((key) => ({ field: key, code: "unknown-field", allowed: allowed.join(", ") }));
  switch (verb) {
    case "help":
      return { kind: "help", topic: "train" };
    case "start": {
      const [stage] = plain;
      const all = [...problems, ...tooMany(1)];
      if (stage === undefined && Object.keys(pairs).length === 0 && all.length === 0)
        return { kind: "train-form" };
      return orProblems(all, { kind: "train-start", stage: stage ?? "", parameters: pairs });
    }
    case "list": {
      const [which = "open"] = plain.map((value) => value.toLowerCase());
      const all = [...problems, ...tooMany(1), ...noPairs([])];
      if (which !== "open" && which !== "mine" && which !== "all")
        all.push({
          field: "which",
          code: "not-a-choice",
          given: which.slice(0, 80),
          allowed: "open, mine, all",
        });
      return orProblems(all, { kind: "train-list", which: which as "open" | "mine" | "all" });
    }
    case "status":
      return orProblems([...problems, ...tooMany(1), ...noPairs([])], {
        kind: "train-status",
        run: plain[0] ?? "",
      });
    case "cancel":
      return orProblems([...problems, ...tooMany(1), ...noPairs([])], {
        kind: "train-cancel",
        run: plain[0] ?? "",
      });
    case "logs": {
      const all = [...problems, ...tooMany(1), ...noPairs(["lines"])];
      const lines = pairs["lines"] === undefined ? 50 : Number(pairs["lines"]);
      if (!Number.isInteger(lines) || lines < 1 || lines > 500)
        all.push({
          field: "lines",
          code: "not-an-integer",
          given: (pairs["lines"] ?? "").slice(0, 80),
          allowed: "1-500",
        });
      return orProblems(all, { kind: "train-logs", run: plain[0] ?? "", lines });
    }
  }
  return verb satisfies never;
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

function orProblems(problems: readonly FieldProblem[], command: ParsedCommand): ParsedCommand {
  return problems.length > 0 ? { kind: "invalid", problems } : command;
}

function unknown(topic: HelpTopic, word: string, words: readonly string[]): ParsedCommand {
  const suggestion = nearestWord(word, words);
  return { kind: "unknown", topic, word: word.slice(0, 80), ...(suggestion !== undefined && { suggestion }) };
}

function lookUp<T>(words: Readonly<Record<string, T>>, word: string): T | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

function isKnownWord(words: Readonly<Record<string, unknown>>, word: string, maxEdits: number): boolean {
  return (
    lookUp(words, word) !== undefined || (maxEdits > 0 && nearestWord(word, Object.keys(words)) !== undefined)
  );
}

/** Words apart by white space; quotes of any style keep white space inside a word. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = "";
  let started = false;
  let quote: string | undefined;
  for (const character of text.replace(/[“”]/g, '"').replace(/[‘’]/g, "'")) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      started = true;
    } else if (/\s/.test(character)) {
      if (word !== "" || started) words.push(word);
      word = "";
      started = false;
    } else word += character;
  }
  if (word !== "" || started) words.push(word);
  return words;
}

function splitPairs(words: readonly string[]) {
  const plain: string[] = [];
  const pairs: Record<string, string> = {};
  const problems: FieldProblem[] = [];
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 1) {
      plain.push(word);
      continue;
    }
    const key = word.slice(0, at).replace(/^--?/, "").replaceAll("_", "-").toLowerCase();
    if (Object.hasOwn(pairs, key)) problems.push({ field: key.slice(0, 80), code: "given-twice" });
    else Object.defineProperty(pairs, key, { value: word.slice(at + 1), enumerable: true });
  }
  return { plain, pairs, problems };
}
