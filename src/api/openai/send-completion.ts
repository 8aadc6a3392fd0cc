import type { ServerResponse } from "node:http";
import type { ChatResult } from "./chat-content.ts";
import { errorBody, type Refusal } from "./refusal.ts";

/** Proxies close what is silent for longer. */
const SIGN_OF_LIFE_MS = 15_000;

export interface CompletionHead {
  id: string;
  model: string;
  /** Seconds since the epoch. */
  created: number;
}

/** Beside OpenAI's own fields: which pages, and how the answer came about. */
function ownFields({ citations, mode, model }: ChatResult) {
  return {
    jibsa: {
      mode,
      ...(model !== undefined && { model }),
      citations: citations.map(({ number, source }) => ({
        number,
        title: source.title,
        headings: source.headings,
        url: source.url,
        ...(source.updatedAt !== undefined && { updated_at: source.updatedAt.toISOString() }),
      })),
    },
  };
}

/** What the model's server counted. Nothing where no model wrote. */
function usageOf({ usage }: ChatResult) {
  if (usage === undefined) return undefined;
  const { prompt, answer } = usage;
  return { prompt_tokens: prompt, completion_tokens: answer, total_tokens: prompt + answer };
}

/** https://platform.openai.com/docs/api-reference/chat/object */
export function sendCompletion(response: ServerResponse, head: CompletionHead, result: ChatResult): void {
  const message = {
    role: "assistant",
    content: result.content,
    refusal: null,
    annotations: result.annotations,
  };
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(
    JSON.stringify({
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
      ...(result.usage !== undefined && { usage: usageOf(result) }),
      ...ownFields(result),
    }),
  );
}

/** https://platform.openai.com/docs/api-reference/chat/streaming. Nothing is sent before the first call. */
export function createCompletionStream(
  response: ServerResponse,
  head: CompletionHead,
  { withUsage = false }: { withUsage?: boolean } = {},
) {
  let signs: NodeJS.Timeout | undefined;
  const send = (delta: object, finish: "stop" | null = null, more: object = {}): void => {
    const choice = { index: 0, delta, logprobs: null, finish_reason: finish };
    const chunk = { ...head, object: "chat.completion.chunk", choices: [choice], ...more };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const begin = (): void => {
    if (response.headersSent) return;
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // nginx would hold the pieces back.
      "x-accel-buffering": "no",
    });
    signs = setInterval(() => response.write(": still at it\n\n"), SIGN_OF_LIFE_MS).unref();
    send({ role: "assistant", content: "" });
  };
  return {
    begin,
    text(text: string): void {
      if (text === "") return;
      begin();
      send({ content: text });
    },
    end(result: ChatResult): void {
      begin();
      if (result.annotations.length > 0) send({ annotations: result.annotations });
      send({}, "stop", ownFields(result));
      // A chunk of its own without choices, as OpenAI sends it to whoever asks for it.
      const usage = usageOf(result);
      if (withUsage && usage !== undefined)
        response.write(
          `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [], usage })}\n\n`,
        );
      response.end("data: [DONE]\n\n");
    },
    /** After the beginning there is no status any more: clients read the error out of the stream. */
    fail(refusal: Refusal): void {
      response.end(`data: ${JSON.stringify(errorBody(refusal))}\n\n`);
    },
    close(): void {
      clearInterval(signs);
    },
  };
}
