import type { Logger } from "pino";
import type { Locale } from "../store/database.ts";
import { createAnswerText, type AnswerPiece } from "./answer-text.ts";
import type { NamedModel } from "./model-order.ts";
import type { TokenUsage } from "./ports.ts";

const DEADLINE_MS = 60_000;
const FIRST_TOKEN_MS = 30_000;
/** A model that does not stop is stopped; far more than any answer that a prompt asks for. */
const MAX_CHARACTERS = 6_000;
const NO_ANSWER = "NO_ANSWER";

export type Written =
  | { kind: "written"; usage?: TokenUsage }
  /** It says that there is no answer. */
  | { kind: "no-answer" }
  /** Away, too slow, broken off, or nothing was cited. */
  | { kind: "failed" };

/**
 * What a model writes from numbered material, made safe as it comes. Where it is not "written", what was shown has been taken
 * back by `restart`. Throws only when `signal` is aborted.
 */
export async function* writeWithModel(
  deps: { logger: Logger; onModelFailure(name: string): void },
  named: NamedModel,
  request: {
    prompt: { system: string; user: string };
    locale: Locale;
    /** How many numbers may be cited, from 1 on. */
    numbers: number;
    signal: AbortSignal | undefined;
  },
): AsyncGenerator<AnswerPiece | { kind: "restart" }, Written> {
  const text = createAnswerText({ passages: request.numbers, locale: request.locale });
  const { model } = named;
  const limit = timeLimit(named, request.signal);
  const head = createHead();
  let characters = 0;
  let isShown = false;
  let cited = 0;
  const show = function* (pieces: readonly AnswerPiece[]): Generator<AnswerPiece> {
    for (const piece of pieces) {
      if (piece.kind === "text") isShown ||= piece.text.trim() !== "";
      else cited += 1;
      yield piece;
    }
  };
  let isRefusal = false;
  let usage: TokenUsage | undefined;
  try {
    const onUsage = (counted: TokenUsage): void => {
      usage = counted;
    };
    const stream = model.stream({ ...request.prompt, signal: limit.signal, onUsage });
    for await (const part of untilAborted(stream, limit.signal)) {
      limit.onFirstToken();
      characters += part.length;
      yield* show(text.push(head.push(part)));
      if (characters > MAX_CHARACTERS) break;
    }
    isRefusal = head.isRefusal();
    if (!isRefusal) yield* show([...text.push(head.end()), ...text.end()]);
    if (cited > 0) return { kind: "written", ...(usage !== undefined && { usage }) };
    if (!isRefusal) deps.logger.info({ model: model.name, characters }, "the model cited nothing");
  } catch (error) {
    request.signal?.throwIfAborted();
    deps.logger.warn({ err: error, model: model.name }, "the model did not finish");
    deps.onModelFailure(model.name);
  } finally {
    limit.end();
  }
  if (isShown) yield { kind: "restart" };
  return { kind: isRefusal ? "no-answer" : "failed" };
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
