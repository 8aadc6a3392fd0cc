import type { Logger } from "pino";
import type { Locale } from "../store/database.ts";
import type { CuratedAnswer } from "./curated-answers.ts";
import { curatedEvents } from "./curated-events.ts";
import { extractiveAnswer } from "./extractive-answer.ts";
import { fitToModel, generatedAnswer } from "./generated-answer.ts";
import type { NamedModel } from "./model-order.ts";
import { SearchUnavailableError, type AnswerEvent, type Question, type SearchTrace } from "./ports.ts";
import type { Prompts } from "./prompts.ts";
import type { ScoredChunk } from "./rank-chunks.ts";
import { sourceRef, type Retrieval } from "./retrieve.ts";
import { searchedAlso } from "./searched-also.ts";

export interface AnswerDeps {
  /** What somebody has written for such a question. Absent: nothing. */
  curated?(question: Question): Promise<CuratedAnswer | undefined>;
  /** @throws SearchUnavailableError */
  retrieve(question: Question): Promise<Retrieval>;
  /** To be tried in this order; without those that are known to be away. */
  models(question: Question): readonly NamedModel[];
  onModelFailure(name: string): void;
  onModelAnswer(name: string): void;
  prompts: Prompts;
  logger: Logger;
}

/** Later no further model is tried: a person waits, and the quotes are there. */
const FALL_BACK_WITHIN_MS = 45_000;

/**
 * Answers from the documents: with the first model that answers, else with quotes. Whatever goes wrong with a model
 * (away, too slow, broken off, cites nothing), the next one's text or the quotes come instead, after a `restart` if text was already shown.
 * Every citation is a page of the index. Ends with `answer-end` or `no-answer`; throws only when `question.signal` is
 * aborted, and on bugs.
 */
export async function* answerQuestion(deps: AnswerDeps, question: Question): AsyncGenerator<AnswerEvent> {
  yield { kind: "stage", stage: "searching" };
  const curated = await deps.curated?.(question);
  if (curated !== undefined) {
    yield* curatedEvents(curated, question);
    return;
  }
  let found: Retrieval;
  const startedAtMs = performance.now();
  try {
    found = await deps.retrieve(question);
  } catch (error) {
    if (!(error instanceof SearchUnavailableError)) throw error;
    deps.logger.warn({ reason: error.message }, "search is away");
    yield { kind: "no-answer", reason: "search-unavailable", nearest: [] };
    return;
  }
  question.signal?.throwIfAborted();
  const searchedMs = performance.now() - startedAtMs;
  const trace = traceOf(found, searchedMs);
  if (found.passages.length === 0) {
    yield { kind: "no-answer", reason: "nothing-relevant", nearest: found.nearest, found: trace };
    return;
  }
  yield { kind: "stage", stage: "reading", found: trace };
  const models = deps.models(question);
  for (const named of models) {
    if (performance.now() - startedAtMs > FALL_BACK_WITHIN_MS) break;
    const { sections, leftOut } = await fitToModel(deps.prompts, named, question, found.passages);
    // Which of them the model reads is told again only where it is not all of them.
    if (leftOut.size > 0)
      yield { kind: "stage", stage: "reading", found: traceOf(found, searchedMs, leftOut) };
    if (sections.length === 0) {
      deps.logger.warn({ model: named.model.name }, "not one passage fits into what the model reads");
      continue;
    }
    yield { kind: "stage", stage: "writing" };
    const outcome = yield* generatedAnswer(deps, named, question, sections);
    if (outcome !== "failed") deps.onModelAnswer(named.model.name);
    if (outcome === "answered") return;
    if (outcome === "no-answer") {
      yield { kind: "no-answer", reason: "nothing-relevant", nearest: found.nearest };
      return;
    }
  }
  yield* quotedAnswer(found, question.locale);
}

function traceOf(
  { terms, confidence, passages, vectors, reranked }: Retrieval,
  tookMs: number,
  leftOut?: ReadonlySet<ScoredChunk>,
): SearchTrace {
  return {
    words: terms.map(({ text }) => text),
    searchedAlso: searchedAlso(terms, passages),
    confidence,
    passages: passages.map((passage) => ({
      source: sourceRef(passage.chunk),
      score: passage.score,
      ...(leftOut?.has(passage) === true && { isLeftOut: true }),
    })),
    tookMs,
    ...(vectors !== undefined && { vectors }),
    ...(reranked !== undefined && { reranked }),
  };
}

function* quotedAnswer(found: Retrieval, locale: Locale): Generator<AnswerEvent> {
  const numbers = new Map<string, number>();
  const quotes = extractiveAnswer(found.passages, found.terms, found.statistics, locale);
  for (const [index, { text, code, passage }] of quotes.entries()) {
    const chunk = found.passages[passage]?.chunk;
    if (chunk === undefined) continue;
    const known = numbers.get(chunk.url);
    const number = known ?? numbers.size + 1;
    numbers.set(chunk.url, number);
    const block = code === undefined ? "" : `\n\`\`\`\n${code}\n\`\`\``;
    yield { kind: "text-delta", text: `${index === 0 ? "" : "\n"}${text} [${number}]${block}` };
    if (known === undefined) yield { kind: "citation", number, source: sourceRef(chunk) };
  }
  if (quotes.length > 0) yield { kind: "answer-end", mode: "extractive" };
  else yield { kind: "no-answer", reason: "nothing-relevant", nearest: found.nearest };
}
