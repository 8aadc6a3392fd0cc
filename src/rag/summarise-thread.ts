import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Locale } from "../store/database.ts";
import { estimateTokens } from "./answer-sections.ts";
import { LANGUAGES } from "./generated-answer.ts";
import type { createModelOrder, NamedModel } from "./model-order.ts";
import { ANSWER_TOKENS, DEFAULT_CONTEXT_TOKENS, type TokenUsage } from "./ports.ts";
import type { Prompts } from "./prompts.ts";
import { redactSecrets } from "./redact-secrets.ts";
import { threadQuotes, type ThreadQuote } from "./thread-quotes.ts";
import { writeWithModel } from "./write-with-model.ts";

/** What somebody said, as plain text or Markdown. */
export interface ThreadMessage {
  author: string;
  text: string;
}

export interface ThreadRequest {
  /** Oldest first. */
  messages: readonly ThreadMessage[];
  /** The language to write in. */
  locale: Locale;
  /** Name of the model to try first. */
  usualModel?: string | undefined;
  signal?: AbortSignal;
}

export type SummaryEvent =
  /** A model begins, with so many messages. */
  | { kind: "writing"; messages: number }
  | { kind: "text-delta"; text: string }
  /** Forget the text and citations so far. */
  | { kind: "restart" }
  /** `message`: position in the request's messages. */
  | { kind: "citation"; number: number; message: number }
  /** Written by a model from so many messages: the first one and the newest that it can read. */
  | { kind: "written"; model: string; messages: number; usage?: TokenUsage }
  /** What stands there instead of a summary; "model-failed" where there is a model. */
  | { kind: "quotes"; quotes: readonly ThreadQuote[]; reason: "no-model" | "model-failed" };

const MAX_MESSAGE_CHARACTERS = 3_000;
/** Later no further model is tried: a person waits. */
const FALL_BACK_WITHIN_MS = 45_000;

/**
 * Summarises a thread: with the first model that does, else by quoting its most telling sentences. Ends with `written` or
 * `quotes`. What was said is material to a model, never an order; secrets in it are taken out. Throws only when the signal is
 * aborted, and on bugs.
 */
export async function* summariseThread(
  deps: {
    order: ReturnType<typeof createModelOrder>;
    prompts: Prompts;
    logger: Logger;
  },
  request: ThreadRequest,
): AsyncGenerator<SummaryEvent> {
  const { locale, signal } = request;
  const messages = request.messages.map(({ author, text }) => ({ author, text: redactSecrets(text) }));
  const startedAtMs = performance.now();
  const models = deps.order.candidates(request.usualModel);
  const { logger } = deps;
  const onModelFailure = (name: string): void => deps.order.failed(name);
  for (const named of models) {
    if (performance.now() - startedAtMs > FALL_BACK_WITHIN_MS) break;
    const read = await messagesThatFit(deps.prompts, named, messages, locale);
    yield { kind: "writing", messages: read.length };
    const prompt = renderPrompt(deps.prompts, messages, read, locale);
    const writing = writeWithModel({ logger, onModelFailure }, named, {
      prompt,
      locale,
      numbers: read.length,
      signal,
    });
    try {
      for (;;) {
        const { done, value } = await writing.next();
        if (done !== true) {
          if (value.kind !== "citation")
            yield value.kind === "text" ? { ...value, kind: "text-delta" } : value;
          else yield { kind: "citation", number: value.number, message: read[value.passage] ?? 0 };
          continue;
        }
        if (value.kind !== "failed") deps.order.answered(named.model.name);
        if (value.kind !== "written") break;
        yield { ...value, kind: "written", model: named.model.name, messages: read.length };
        return;
      }
    } finally {
      await writing.return({ kind: "failed" });
    }
  }
  yield {
    kind: "quotes",
    quotes: threadQuotes(messages, locale),
    reason: deps.order.isEmpty ? "no-model" : "model-failed",
  };
}

/** Positions of the first message and of the newest ones that fit beside it. */
async function messagesThatFit(
  prompts: Prompts,
  { model }: NamedModel,
  messages: readonly ThreadMessage[],
  locale: Locale,
): Promise<readonly number[]> {
  const tokens = (await model.contextTokens?.()) ?? DEFAULT_CONTEXT_TOKENS;
  const { system, user } = renderPrompt(prompts, messages, [], locale);
  const sizeOf = (position: number): number =>
    estimateTokens(renderMessage(messages[position], messages.length));
  let left = tokens - ANSWER_TOKENS - estimateTokens(system + user) - sizeOf(0);
  const newest: number[] = [];
  for (let position = messages.length - 1; position > 0; position -= 1) {
    left -= sizeOf(position);
    if (left < 0) break;
    newest.unshift(position);
  }
  return [0, ...newest];
}

function renderPrompt(
  prompts: Prompts,
  messages: readonly ThreadMessage[],
  read: readonly number[],
  locale: Locale,
): { system: string; user: string } {
  return prompts.summary.render({
    // Nobody can write the closing tag, because nobody knows its name beforehand.
    fence: `thread-${randomBytes(6).toString("hex")}`,
    messages: read.map((position, index) => renderMessage(messages[position], index + 1)).join("\n"),
    language: LANGUAGES[locale],
  });
}

/** Only a message of its own begins at the margin. */
function renderMessage(message: ThreadMessage | undefined, number: number): string {
  const { author, text } = message ?? { author: "", text: "" };
  const short = text.length <= MAX_MESSAGE_CHARACTERS ? text : `${text.slice(0, MAX_MESSAGE_CHARACTERS)} …`;
  return `[${number}] ${author.replace(/\s+/g, " ")}: ${short.trim().replaceAll("\n", "\n    ")}`;
}
