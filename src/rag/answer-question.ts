import type { Logger } from "pino";
import type { Locale } from "../store/database.ts";
import { extractiveAnswer } from "./extractive-answer.ts";
import { generatedAnswer } from "./generated-answer.ts";
import {
  SearchUnavailableError,
  type AnswerEvent,
  type ChatModel,
  type Question,
  type SearchTrace,
} from "./ports.ts";
import type { Prompts } from "./prompts.ts";
import { sourceRef, type Retrieval } from "./retrieve.ts";

export interface AnswerDeps {
  /** @throws SearchUnavailableError */
  retrieve(question: Question): Promise<Retrieval>;
  /** Undefined where none is configured, and while it is known to be away. */
  model(): ChatModel | undefined;
  onModelFailure(error: unknown): void;
  prompts: Prompts;
  logger: Logger;
  /** Of the whole generated answer. Default 60 s. */
  deadlineMs?: number;
  /** Until a model's first word. Default 30 s: large models are loaded first. */
  firstTokenMs?: number;
}

/**
 * Answers from the documents: with a model where one answers, else with quotes. Whatever goes wrong with the model
 * (away, too slow, broken off, cites nothing), the quotes come instead, after a `restart` if text was already shown.
 * Every citation is a page of the index. Ends with `answer-end` or `no-answer`; throws only when `question.signal` is
 * aborted, and on bugs.
 */
export async function* answerQuestion(deps: AnswerDeps, question: Question): AsyncGenerator<AnswerEvent> {
  yield { kind: "stage", stage: "searching" };
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
  const trace = traceOf(found, performance.now() - startedAtMs);
  if (found.passages.length === 0) {
    yield { kind: "no-answer", reason: "nothing-relevant", nearest: found.nearest, found: trace };
    return;
  }
  yield { kind: "stage", stage: "reading", found: trace };
  const model = deps.model();
  if (model !== undefined) {
    yield { kind: "stage", stage: "writing" };
    const outcome = yield* generatedAnswer(deps, model, question, found.passages);
    if (outcome === "answered") return;
    if (outcome === "no-answer") {
      yield { kind: "no-answer", reason: "nothing-relevant", nearest: found.nearest };
      return;
    }
  }
  yield* quotedAnswer(found, question.locale);
}

function traceOf({ terms, confidence, passages }: Retrieval, tookMs: number): SearchTrace {
  return {
    words: terms.map(({ text }) => text),
    confidence,
    passages: passages.map(({ chunk, score }) => ({ source: sourceRef(chunk), score })),
    tookMs,
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
