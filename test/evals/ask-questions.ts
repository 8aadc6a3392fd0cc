import type { Logger } from "pino";
import { answerQuestion } from "#src/rag/answer-question.ts";
import type { Vectors } from "#src/rag/create-vectors.ts";
import type { VectorIndex } from "#src/rag/ports.ts";
import type { Prompts } from "#src/rag/prompts.ts";
import type { Rerank } from "#src/rag/rerank.ts";
import { retrieve, type Retrieval } from "#src/rag/retrieve.ts";
import type { TermStatistics } from "#src/rag/term-statistics.ts";
import { textLanguage } from "#src/rag/text-language.ts";
import type { EvalQuestion } from "./read-rows.ts";

/** What a person would have got, and what it was made from. */
export interface AskedQuestion {
  question: EvalQuestion;
  /** Pages found, best first, each once; also of a question that is refused. */
  pages: readonly string[];
  confidence: number;
  isRefused: boolean;
  text: string;
  /** Each page once. */
  citedPages: readonly string[];
  tookMs: number;
}

export interface AskDeps {
  index: VectorIndex;
  statistics: TermStatistics;
  vectorOf?: Vectors["ofQuestion"] | undefined;
  rerank?: Rerank | undefined;
  prompts: Prompts;
  logger: Logger;
  /** The id that questions use for the page at this path. */
  pageId(path: string): string;
}

/** Asks without a model: answers are quotes. One after the other, so that the times are those of one person. */
export async function askQuestion(deps: AskDeps, question: EvalQuestion): Promise<AskedQuestion> {
  const startedMs = performance.now();
  let found: Retrieval | undefined;
  const answering = answerQuestion(
    {
      retrieve: async (asked) =>
        (found = await retrieve({ ...deps, statistics: async () => deps.statistics }, asked)),
      models: () => [],
      onModelAnswer: () => {},
      onModelFailure: () => {},
      prompts: deps.prompts,
      logger: deps.logger,
    },
    { text: question.question, locale: textLanguage(question.question) },
  );
  let text = "";
  let isRefused = false;
  const cited = new Set<string>();
  for await (const event of answering) {
    if (event.kind === "text-delta") text += event.text;
    if (event.kind === "citation") cited.add(event.source.documentId);
    if (event.kind === "no-answer") isRefused = true;
  }
  const tookMs = performance.now() - startedMs;
  if (found === undefined) throw new Error(`the search was away at question ${question.qid}`);
  const paths = new Map(found.ranked.map(({ chunk }) => [chunk.documentId, chunk.path]));
  const pageOf = (documentId: string): string => deps.pageId(paths.get(documentId) ?? "");
  return {
    question,
    pages: [...paths.values()].map((path) => deps.pageId(path)),
    confidence: found.confidence,
    isRefused,
    text,
    citedPages: [...cited].map(pageOf),
    tookMs,
  };
}
