import type { Logger } from "pino";
import { createBreaker } from "./breaker.ts";
import { RerankerUnavailableError, type IndexedChunk, type Reranker, type SearchTrace } from "./ports.ts";
import type { ScoredChunk } from "./rank-chunks.ts";

/** So often in a row it may fail or be late before it is left alone for a while. */
const FAILURES = 3;

export type Rerank = (
  question: string,
  ranked: readonly ScoredChunk[],
  signal?: AbortSignal,
) => Promise<{
  ranked: readonly ScoredChunk[];
  /** What became of it; with anything but "used" our own order stays. */
  outcome: NonNullable<SearchTrace["reranked"]>;
}>;

/** Puts the first `passages` of our order into the reranker's, within its deadline or not at all. */
export function createRerank(deps: {
  reranker: Reranker;
  passages: number;
  logger: Logger;
  nowMs: () => number;
}): Rerank {
  const { reranker, passages, logger } = deps;
  const breaker = createBreaker(FAILURES, deps.nowMs);
  return async (question, ranked, signal) => {
    if (breaker.isResting()) return { ranked, outcome: "resting" };
    const first = ranked.slice(0, passages);
    if (first.length < 2) return { ranked, outcome: "used" };
    try {
      const scores = await reranker.score(
        question,
        first.map(({ chunk }) => textOf(chunk)),
        signal,
      );
      breaker.succeeded();
      const order = first.map((one, place) => ({ one, score: scores[place] ?? 0 }));
      order.sort((left, right) => right.score - left.score);
      return { ranked: [...order.map(({ one }) => one), ...ranked.slice(passages)], outcome: "used" };
    } catch (error) {
      if (!(error instanceof RerankerUnavailableError)) throw error;
      breaker.failed();
      logger.warn(
        { reason: error.message, rests: breaker.isResting() },
        "the passages stay in our own order",
      );
      return { ranked, outcome: "away" };
    }
  };
}

function textOf({ headings, text }: IndexedChunk): string {
  return `${headings.join(" > ")}\n${text}`;
}
