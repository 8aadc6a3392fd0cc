import type { Locale } from "../store/database.ts";
import type { QuestionTerm } from "./question-terms.ts";
import { coverageOf, termIdf, type ScoredChunk } from "./rank-chunks.ts";
import { safeCode, safeProse } from "./safe-text.ts";
import { splitSentences, type Sentence } from "./split-sentences.ts";
import type { TermStatistics } from "./term-statistics.ts";
import { tokenize } from "./tokenize.ts";

const MAX_QUOTES = 3;
const MAX_CHARACTERS = 1_200;
const MAX_QUOTE_CHARACTERS = 400;
/** Of a sentence with the list that it introduces. */
const MAX_LIST_CHARACTERS = 700;
const MAX_CODE_LINES = 12;
/** A sentence this far behind the best one is left out. */
const MIN_SHARE_OF_BEST = 0.4;
/** How much the page that was found first goes before the others. */
const RANK_POWER = 1.5;
/** Sentences that belong together are quoted together up to this length: the answer often stands beside the words asked for. */
const MAX_TOGETHER_CHARACTERS = 360;

export interface Quote {
  /** In quotation marks, safe to show. */
  text: string;
  /** The code that the sentence introduces. */
  code?: string;
  /** Position in the passages. */
  passage: number;
}

/** With the list that it introduces: "There are two:" says nothing without what stands below it. */
interface Quotable extends Sentence {
  list?: string;
}

interface Candidate {
  sentence: Quotable;
  passage: number;
  position: number;
  score: number;
  tokens: ReadonlySet<string>;
}

/**
 * The sentences of the passages that cover most of the question, quoted in the order of the pages. A sentence counts
 * with its headings, because "Use the button below." under "Retry a run" is an answer; a code block follows the
 * sentence that introduces it. Deterministic, and without any word that is not in the documents.
 */
export function extractiveAnswer(
  passages: readonly ScoredChunk[],
  terms: readonly QuestionTerm[],
  statistics: TermStatistics,
  locale: Locale,
): Quote[] {
  const sentences = passages.map(({ chunk }) => withLists(joinNeighbours(splitSentences(chunk.text))));
  const candidates = passages.flatMap((passage, index) =>
    scoreSentences(passage, sentences[index] ?? [], terms, statistics).map((one) => ({
      ...one,
      passage: index,
      score: one.score * (passage.score / (passages[0]?.score ?? 1)) ** RANK_POWER,
    })),
  );
  const best = choose(candidates).sort(
    (left, right) => left.passage - right.passage || left.position - right.position,
  );
  let isCodeShown = false;
  return best.map(({ sentence, passage, position }) => {
    const text = `“${quoteOf(sentence, locale)}”`;
    const following = sentences[passage]?.[position + 1];
    if (following?.kind !== "code" || !isShort(following) || isCodeShown) return { text, passage };
    isCodeShown = true;
    return { text, passage, code: safeCode(following.text, locale).replaceAll("```", "'''") };
  });
}

/** Neighbouring sentences of one kind become one, so that a quote holds what follows the words asked for. */
function joinNeighbours(sentences: readonly Sentence[]): Sentence[] {
  const joined: Sentence[] = [];
  for (const sentence of sentences) {
    const last = joined.at(-1);
    const isTogether =
      last !== undefined &&
      last.kind === sentence.kind &&
      sentence.kind !== "code" &&
      last.text.length + sentence.text.length < MAX_TOGETHER_CHARACTERS;
    if (isTogether) last.text += `${sentence.kind === "prose" ? " " : " · "}${sentence.text}`;
    else joined.push({ ...sentence });
  }
  return joined;
}

function withLists(sentences: readonly Sentence[]): Quotable[] {
  return sentences.map((sentence, position) => {
    const next = sentences[position + 1];
    return next?.kind === "item" && introduces(sentence) ? { ...sentence, list: next.text } : sentence;
  });
}

/** "There are two:", "다음과 같다." */
function introduces({ text, kind }: Sentence): boolean {
  return kind === "prose" && (/[:：]$/.test(text) || /다음|아래|following|below/i.test(text.slice(-60)));
}

function quoteOf({ text, list }: Quotable, locale: Locale): string {
  const whole = list === undefined ? text : `${text} · ${list}`;
  const limit = list === undefined ? MAX_QUOTE_CHARACTERS : MAX_LIST_CHARACTERS;
  return shorten(safeProse(whole.replace(/\s?\[\^?\d+\]/g, ""), locale), limit);
}

function scoreSentences(
  { chunk }: ScoredChunk,
  sentences: readonly Quotable[],
  terms: readonly QuestionTerm[],
  statistics: TermStatistics,
): Omit<Candidate, "passage">[] {
  const context = new Set(tokenize(chunk.headings.join("\n")));
  const weights = terms.map((term) => term.weight * termIdf(term, statistics));
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return sentences.flatMap((sentence, position) => {
    if (sentence.kind === "code" || sentence.text.length < 8) return [];
    const tokens = new Set(tokenize(`${sentence.text}\n${sentence.list ?? ""}`));
    let score = 0;
    for (const [index, term] of terms.entries())
      score +=
        ((weights[index] ?? 0) / total) *
        Math.max(coverageOf(term, tokens), 0.45 * coverageOf(term, context));
    if (sentence.kind === "prose") score += position === 0 ? 0.1 : 0.04;
    // What stands before a page's first section says what the page is about.
    if (sentence.kind === "prose" && chunk.headings.length === 1) score += 0.1;
    if (sentence.text.endsWith("?")) score -= 0.1;
    return [{ sentence, position, score, tokens }];
  });
}

function choose(candidates: readonly Candidate[]): Candidate[] {
  const ranked = candidates.toSorted((left, right) => right.score - left.score);
  const chosen: Candidate[] = [];
  let characters = 0;
  for (const candidate of ranked) {
    const isFar = candidate.score < MIN_SHARE_OF_BEST * (ranked[0]?.score ?? 0);
    if (chosen.length === MAX_QUOTES || isFar) break;
    const { text, list = "" } = candidate.sentence;
    const length = Math.min(text.length, MAX_QUOTE_CHARACTERS) + Math.min(list.length, MAX_QUOTE_CHARACTERS);
    if (chosen.some((other) => isSame(candidate.tokens, other.tokens))) continue;
    if (chosen.length > 0 && characters + length > MAX_CHARACTERS) continue;
    chosen.push(candidate);
    characters += length;
  }
  return chosen;
}

function isSame(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const shared = [...left].filter((token) => right.has(token)).length;
  return shared >= 0.8 * Math.min(left.size, right.size);
}

function isShort({ text }: Sentence): boolean {
  return text !== "" && text.split("\n").length <= MAX_CODE_LINES && text.length <= 600;
}

function shorten(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const cut = text.slice(0, maxCharacters).replace(/\s+\S*$/, "");
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)} …`;
}
