import type { IndexedChunk } from "./ports.ts";
import type { QuestionTerm } from "./question-terms.ts";
import type { TermStatistics } from "./term-statistics.ts";
import { tokenize } from "./tokenize.ts";

const K1 = 1.2;
const B = 0.75;
/** The weights were fitted with test/evals on 234 pages and questions in two languages. */
const TITLE_WEIGHT = 1.5;
const HEADING_WEIGHT = 0.2;
const SAME_LANGUAGE = 1.05;
/** What a page's further chunks add to each of its chunks: the second in full, the third a half. */
const PAGE_WEIGHT = 0.05;
/** A word that no page has says more about a missing answer than a rare one about a present answer. */
const UNKNOWN_WORD_WEIGHT = 2;

export interface ScoredChunk {
  chunk: IndexedChunk;
  score: number;
  /** 0 to 1: how much of the question's weight the chunk's words cover. */
  coverage: number;
}

/**
 * Orders candidates by BM25 over the whole index. The server's own order is only a first choice: Milvus Lite counts how
 * common a word is in each segment by itself, and knows neither that two words of a question are one idea nor titles.
 */
export function rankChunks(
  candidates: readonly IndexedChunk[],
  terms: readonly QuestionTerm[],
  statistics: TermStatistics,
  language: IndexedChunk["language"],
): ScoredChunk[] {
  const weights = terms.map((term) => term.weight * termIdf(term, statistics));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scored = candidates.map((chunk) => {
    const words = chunk.searchText.split(" ");
    const counts = countTokens(words);
    const titles = tokensOf(`${chunk.title}\n${fileName(chunk.path)}`);
    const headings = tokensOf(chunk.headings.slice(1).join("\n"));
    const norm = K1 * (1 - B + (B * words.length) / statistics.averageLength);
    const weightOf = (token: string): number => {
      const count = counts.get(token) ?? 0;
      const place = (titles.has(token) ? TITLE_WEIGHT : 0) + (headings.has(token) ? HEADING_WEIGHT : 0);
      return (count * (K1 + 1)) / (count + norm) + place;
    };
    const scoreOf = (token: string): number => statistics.idf(token) * weightOf(token);
    let score = 0;
    let covered = 0;
    for (const [index, term] of terms.entries()) {
      // A word that is rarer in the asker's language says no more than its counterpart: pages of both compete evenly.
      score +=
        term.alternatives.length > term.inOwnLanguage
          ? (weights[index] ?? 0) * Math.max(...term.alternatives.map((tokens) => mean(tokens, weightOf)))
          : term.weight * Math.max(...term.alternatives.map((tokens) => mean(tokens, scoreOf)));
      covered += (weights[index] ?? 0) * coverageOf(term, counts);
    }
    if (chunk.language === language) score *= SAME_LANGUAGE;
    return { chunk, score, coverage: total === 0 ? 0 : covered / total };
  });
  return byPage(scored);
}

/**
 * How sure it is that the best chunks answer the question, 0 to 1: the mean of what part of the best possible score the
 * first one has, and of what part of the question the first three cover.
 */
export function confidence(
  ranked: readonly ScoredChunk[],
  terms: readonly QuestionTerm[],
  statistics: TermStatistics,
): number {
  const best = ranked[0];
  if (best === undefined) return 0;
  const possible = terms.reduce((sum, term) => {
    const isKnown = term.alternatives.some((tokens) => tokens.some((token) => statistics.has(token)));
    return sum + term.weight * termIdf(term, statistics) * (K1 + 1) * (isKnown ? 1 : UNKNOWN_WORD_WEIGHT);
  }, 0);
  const coverage = Math.max(...ranked.slice(0, 3).map((scored) => scored.coverage));
  return (Math.min(1, possible === 0 ? 0 : best.score / possible) + coverage) / 2;
}

/** How telling a term is: the mean of its words, and of its alternatives the one the index knows best. */
export function termIdf(term: QuestionTerm, statistics: TermStatistics): number {
  return Math.min(...term.alternatives.map((tokens) => mean(tokens, (token) => statistics.idf(token))));
}

/** 0 to 1: the share of the best alternative's tokens that are present. */
export function coverageOf(term: QuestionTerm, present: { has(token: string): boolean }): number {
  return Math.max(
    ...term.alternatives.map((tokens) => mean(tokens, (token) => (present.has(token) ? 1 : 0))),
  );
}

function byPage(scored: readonly ScoredChunk[]): ScoredChunk[] {
  const ofPage = new Map<string, number[]>();
  for (const { chunk, score } of scored) {
    const scores = ofPage.get(chunk.documentId) ?? [];
    scores.push(score);
    ofPage.set(chunk.documentId, scores);
  }
  const bonus = new Map<string, number>();
  for (const [id, scores] of ofPage) {
    const [, ...further] = scores.sort((left, right) => right - left).slice(0, 4);
    bonus.set(id, PAGE_WEIGHT * further.reduce((sum, score, index) => sum + score / (index + 1), 0));
  }
  return scored
    .map((one) => ({ ...one, score: one.score + (bonus.get(one.chunk.documentId) ?? 0) }))
    .sort((left, right) => right.score - left.score);
}

function mean(tokens: readonly string[], valueOf: (token: string) => number): number {
  return tokens.reduce((sum, token) => sum + valueOf(token), 0) / Math.max(1, tokens.length);
}

const KNOWN_TEXTS = 5_000;
const knownTokens = new Map<string, ReadonlySet<string>>();

/** Of titles and headings, which come again with every question. */
function tokensOf(text: string): ReadonlySet<string> {
  const known = knownTokens.get(text);
  if (known !== undefined) return known;
  if (knownTokens.size === KNOWN_TEXTS) knownTokens.clear();
  const tokens = new Set(tokenize(text));
  knownTokens.set(text, tokens);
  return tokens;
}

function fileName(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.[^.]+$/, "").replace(/[-_]+/g, " ");
}

function countTokens(tokens: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
