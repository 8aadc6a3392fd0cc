import { nearestWord } from "../../actions/nearest-word.ts";
import type { FieldProblem } from "../../actions/ports.ts";
import type { HelpTopic, ParsedCommand } from "./parsed-command.ts";

export function orProblems(problems: readonly FieldProblem[], command: ParsedCommand): ParsedCommand {
  return problems.length > 0 ? { kind: "invalid", problems } : command;
}

export function unknown(topic: HelpTopic, word: string, words: readonly string[]): ParsedCommand {
  const suggestion = nearestWord(word, words);
  return { kind: "unknown", topic, word: word.slice(0, 80), ...(suggestion !== undefined && { suggestion }) };
}

export function lookUp<T>(words: Readonly<Record<string, T>>, word: string): T | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

/** A verb, or one with a single slip: a sentence that happens to begin like a command is a question. */
export function isKnownWord(words: Readonly<Record<string, unknown>>, word: string): boolean {
  return lookUp(words, word) !== undefined || nearestWord(word, Object.keys(words), 1) !== undefined;
}

/** Words apart by white space; quotes of any style keep white space inside a word. */
export function splitWords(text: string): string[] {
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

export function splitPairs(words: readonly string[]) {
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
