import { randomBytes } from "node:crypto";
import type { Locale } from "../store/database.ts";
import {
  estimateTokens,
  fitSections,
  renderSection,
  type AnswerSection,
  type FittedSections,
} from "./answer-sections.ts";
import type { AnswerDeps } from "./answer-question.ts";
import { createAnswerText, type AnswerPiece } from "./answer-text.ts";
import type { NamedModel } from "./model-order.ts";
import {
  ANSWER_TOKENS,
  DEFAULT_CONTEXT_TOKENS,
  type AnswerEvent,
  type Question,
  type TokenUsage,
} from "./ports.ts";
import type { Prompts } from "./prompts.ts";
import type { ScoredChunk } from "./rank-chunks.ts";
import { sourceRef } from "./retrieve.ts";

const DEADLINE_MS = 60_000;
const FIRST_TOKEN_MS = 30_000;
/** A model that does not stop is stopped; far more than any answer that the prompt asks for. */
const MAX_CHARACTERS = 6_000;
const MAX_HISTORY_MESSAGES = 6;
const MAX_HISTORY_CHARACTERS = 600;
const MAX_QUESTION_CHARACTERS = 4_000;
const NO_ANSWER = "NO_ANSWER";
const LANGUAGES: Readonly<Record<Locale, string>> = { en: "English", ko: "Korean" };

/** What became of the model's answer. "failed" asks for quotes; what was shown has been taken back by `restart`. */
export async function* generatedAnswer(
  deps: Pick<AnswerDeps, "prompts" | "logger" | "onModelFailure">,
  named: NamedModel,
  question: Question,
  passages: readonly AnswerSection[],
): AsyncGenerator<AnswerEvent, "answered" | "no-answer" | "failed"> {
  const text = createAnswerText({ passages: passages.length, locale: question.locale });
  const { model } = named;
  const limit = timeLimit(named, question.signal);
  const head = createHead();
  let characters = 0;
  let isShown = false;
  let cited = 0;
  const show = function* (pieces: readonly AnswerPiece[]): Generator<AnswerEvent> {
    for (const piece of pieces) {
      if (piece.kind === "text") {
        isShown ||= piece.text.trim() !== "";
        yield { kind: "text-delta", text: piece.text };
        continue;
      }
      const passage = passages[piece.passage];
      if (passage === undefined) continue;
      cited += 1;
      yield { kind: "citation", number: piece.number, source: sourceRef(passage.chunk) };
    }
  };
  let isRefusal = false;
  let usage: TokenUsage | undefined;
  try {
    const prompt = renderPrompt(deps.prompts, question, passages);
    const onUsage = (counted: TokenUsage): void => {
      usage = counted;
    };
    const stream = model.stream({ ...prompt, signal: limit.signal, onUsage });
    for await (const part of untilAborted(stream, limit.signal)) {
      limit.onFirstToken();
      characters += part.length;
      yield* show(text.push(head.push(part)));
      if (characters > MAX_CHARACTERS) break;
    }
    isRefusal = head.isRefusal();
    if (!isRefusal) yield* show([...text.push(head.end()), ...text.end()]);
    if (cited > 0) {
      yield {
        kind: "answer-end",
        mode: "generated",
        model: model.name,
        ...(usage !== undefined && { usage }),
      };
      return "answered";
    }
    if (!isRefusal) deps.logger.info({ model: model.name, characters }, "the model cited nothing");
  } catch (error) {
    question.signal?.throwIfAborted();
    deps.logger.warn({ err: error, model: model.name }, "the model did not finish");
    deps.onModelFailure(model.name);
  } finally {
    limit.end();
  }
  if (isShown) yield { kind: "restart" };
  return isRefusal ? "no-answer" : "failed";
}

/** Holds the beginning back while it may be a refusal, and drops a reasoning model's thoughts. */
function createHead(): { push(part: string): string; end(): string; isRefusal(): boolean } {
  let held: string | undefined = "";
  const isBeginningOf = (word: string, text: string): boolean =>
    text.length < word.length ? word.startsWith(text) : text.startsWith(word);
  const mayBeRefusal = (): boolean =>
    held !== undefined && held !== "" && isBeginningOf(NO_ANSWER, held.replace(/^[\s*`"]+/, ""));
  return {
    push(part) {
      if (held === undefined) return part;
      held += part;
      const begun = held.trimStart();
      if (begun === "" || mayBeRefusal()) return "";
      if (isBeginningOf("<think>", begun)) {
        const end = held.indexOf("</think>");
        if (end === -1) return "";
        const rest = held.slice(end + "</think>".length).trimStart();
        held = "";
        return rest === "" ? "" : this.push(rest);
      }
      held = undefined;
      return begun;
    },
    end() {
      const rest = held ?? "";
      held = undefined;
      return rest.trimStart().startsWith("<think>") ? "" : rest;
    },
    isRefusal: () => held !== undefined && held.includes(NO_ANSWER),
  };
}

/** The passages that fit into what the model takes beside the prompt, the question and its answer. */
export async function fitToModel(
  prompts: Prompts,
  { model }: NamedModel,
  question: Question,
  passages: readonly ScoredChunk[],
): Promise<FittedSections> {
  const tokens = (await model.contextTokens?.()) ?? DEFAULT_CONTEXT_TOKENS;
  const { system, user } = renderPrompt(prompts, question, []);
  return fitSections(passages, tokens - ANSWER_TOKENS - estimateTokens(system + user));
}

function renderPrompt(
  prompts: Prompts,
  question: Question,
  passages: readonly AnswerSection[],
): { system: string; user: string } {
  const history = (question.history ?? [])
    .slice(-MAX_HISTORY_MESSAGES)
    .map(
      ({ role, text }) =>
        `${role === "person" ? "Person" : "Assistant"}: ${text.slice(0, MAX_HISTORY_CHARACTERS)}`,
    );
  return prompts.answer.render({
    // No document can write the closing tag, because nobody knows its name beforehand.
    fence: `passages-${randomBytes(6).toString("hex")}`,
    passages: passages.map(renderSection).join("").trimEnd(),
    history: history.length === 0 ? "(none)" : history.join("\n"),
    question: bothEnds(question.text),
    language: LANGUAGES[question.locale],
  });
}

/** What broke stands at the end of a pasted trace, what is asked at one of the two. */
function bothEnds(text: string): string {
  if (text.length <= MAX_QUESTION_CHARACTERS) return text;
  const half = MAX_QUESTION_CHARACTERS / 2;
  return `${text.slice(0, half)}\n…\n${text.slice(-half)}`;
}

function timeLimit(
  {
    deadlineMs = DEADLINE_MS,
    firstTokenMs = FIRST_TOKEN_MS,
  }: Pick<NamedModel, "deadlineMs" | "firstTokenMs">,
  outer: AbortSignal | undefined,
): { signal: AbortSignal; onFirstToken(): void; end(): void } {
  const controller = new AbortController();
  const after = (ms: number, message: string) => setTimeout(() => controller.abort(new Error(message)), ms);
  const first = after(firstTokenMs, `the model said nothing within ${firstTokenMs} ms`);
  const whole = after(deadlineMs, `the model did not finish within ${deadlineMs} ms`);
  return {
    signal: outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal]),
    onFirstToken: () => clearTimeout(first),
    end() {
      clearTimeout(first);
      clearTimeout(whole);
      // Ends the request of a stream that was left early.
      controller.abort(new Error("the answer ended"));
    },
  };
}

/** Passes parts on until the signal is aborted, then throws its reason, even when the source never moves again. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let stop = (): void => {};
  const aborted = new Promise<never>((_, failed) => {
    stop = () => failed(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    signal.addEventListener("abort", stop, { once: true });
  });
  aborted.catch(() => undefined);
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = iterator.next();
      next.catch(() => undefined);
      const { done, value } = await Promise.race([next, aborted]);
      if (done === true) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    // Not awaited: a source that hangs would hold the answer up.
    iterator.return?.().catch(() => undefined);
  }
}
