import type { ServerResponse } from "node:http";
import type { Locale } from "../../store/database.ts";
import type { Caller } from "./authenticate.ts";
import { createChatContent, type ChatResult } from "./chat-content.ts";
import { checkQuestionLength, type ChatRequest } from "./chat-request.ts";
import type { OpenAiApiDeps } from "./create-openai-api.ts";
import type { KeyLimits } from "./key-limits.ts";
import { scopeOfModel } from "./knowledge-models.ts";
import { Refusal } from "./refusal.ts";
import { createCompletionStream, sendCompletion, type CompletionHead } from "./send-completion.ts";
import { answerSideCall } from "./side-call.ts";

type ChatDeps = OpenAiApiDeps & { limits: KeyLimits; unknownModel(model: string): Refusal };

/** Answers one chat request, whole or in pieces. When the client leaves, the model is stopped. @throws Refusal */
export async function serveChat(
  deps: ChatDeps,
  caller: Caller,
  chat: ChatRequest,
  response: ServerResponse,
): Promise<void> {
  const audiences = await deps.audiencesOf(caller.person);
  const scope = scopeOfModel(chat.model, await deps.sources(audiences));
  if (scope === undefined) throw deps.unknownModel(chat.model);
  const id = deps.newId();
  const startedAt = deps.now();
  const head: CompletionHead = {
    id: `chatcmpl-${id}`,
    model: chat.model,
    created: Math.floor(startedAt.getTime() / 1_000),
  };
  const side = answerSideCall(chat.question);
  if (side !== undefined) return sendSideAnswer(response, head, chat, side);
  checkQuestionLength(chat.question);
  const locale = deps.localeOf(chat.question, caller.person.locale);
  const left = new AbortController();
  response.once("close", () => left.abort(new Error("the client left")));
  const leave = deps.limits.enter(caller.keyId);
  try {
    const events = deps.answer({
      text: chat.question,
      locale,
      audiences,
      history: chat.history,
      signal: left.signal,
      ...scope,
    });
    const result = await sendAnswer(deps, events, { response, head, locale, chat });
    await keepAnswer(deps, { id, caller, question: chat.question, locale, result, startedAt });
  } catch (error) {
    if (!left.signal.aborted) throw error;
    deps.logger.info({ id, keyId: caller.keyId }, "the client left before its answer was there");
  } finally {
    leave();
  }
}

async function sendAnswer(
  deps: ChatDeps,
  events: ReturnType<ChatDeps["answer"]>,
  options: { response: ServerResponse; head: CompletionHead; locale: Locale; chat: ChatRequest },
): Promise<ChatResult> {
  const { response, head } = options;
  const { isStreamed, withUsage } = options.chat;
  const content = createChatContent({ texts: deps.texts(options.locale), canTakeBack: !isStreamed });
  const stream = isStreamed ? createCompletionStream(response, head, { withUsage }) : undefined;
  try {
    for await (const event of events) {
      if (event.kind === "no-answer" && event.reason === "search-unavailable")
        throw new Refusal(503, "search_unavailable", "the document search does not answer at the moment", {
          retryAfterS: 10,
        });
      // From here on there is something to say: the connection is shown to live while the model is loaded.
      if (event.kind === "stage" && event.stage === "reading") stream?.begin();
      const grown = content.push(event);
      stream?.text(grown);
    }
    const result = content.result();
    if (stream === undefined) sendCompletion(response, head, result);
    else stream.end(result);
    return result;
  } catch (error) {
    if (!response.headersSent || response.destroyed) throw error;
    deps.logger.error({ err: error, id: head.id }, "a streamed answer broke off");
    stream?.fail(new Refusal(500, "internal_error", "the answer broke off; it is in the log"));
    return content.result();
  } finally {
    stream?.close();
  }
}

function sendSideAnswer(
  response: ServerResponse,
  head: CompletionHead,
  chat: ChatRequest,
  text: string,
): void {
  const result: ChatResult = {
    content: text,
    citations: [],
    annotations: [],
    mode: "no-answer",
    model: undefined,
    usage: undefined,
  };
  if (!chat.isStreamed) return sendCompletion(response, head, result);
  const stream = createCompletionStream(response, head);
  stream.text(text);
  stream.end(result);
  stream.close();
}

/** Kept like the answers in Slack: what people asked is what the documents should say. */
async function keepAnswer(
  deps: ChatDeps,
  {
    id,
    caller,
    question,
    locale,
    result,
    startedAt,
  }: {
    id: string;
    caller: Caller;
    question: string;
    locale: Locale;
    result: ChatResult;
    startedAt: Date;
  },
): Promise<void> {
  await deps.store
    .insertInto("answers")
    .values({
      id,
      asker: caller.person.slackUserId,
      channel: `api:${caller.keyId}`,
      thread_ts: null,
      question: question.slice(0, 2_000),
      locale,
      mode: result.mode,
      text: result.content,
      sources: JSON.stringify(
        result.citations.map(({ number, source }) => ({
          number,
          url: source.url,
          documentId: source.documentId,
        })),
      ),
      tokens: result.usage === undefined ? null : JSON.stringify(result.usage),
      took_ms: Math.round(deps.now().getTime() - startedAt.getTime()),
    })
    .execute()
    .catch((error: unknown) => deps.logger.warn({ err: error, id }, "an answer was given and not kept"));
}
