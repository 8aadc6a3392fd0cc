import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the server behaves from now on; "down" refuses connections, "hang" accepts and never answers. */
export type ModelBehaviour =
  | { kind: "answer"; text: string | ((prompt: string) => string); delayMs?: number }
  | { kind: "broken"; text: string; afterCharacters: number }
  | { kind: "endless"; text: string }
  | { kind: "unavailable" }
  | { kind: "hang" }
  /** Does whatever the passages tell it to, as a model that falls for an injection would. */
  | { kind: "obey" };

export interface ModelServer {
  /** For `{kind: "ollama"}`. */
  url: string;
  /** For `{kind: "openai-compatible"}`. */
  openAiUrl: string;
  behave(behaviour: ModelBehaviour): void;
  /** Prompts received, system and user together, oldest first. */
  prompts(): readonly string[];
  /** Answers being streamed now; 0 when every client has gone. */
  openStreams(): number;
  close(): Promise<void>;
}

const MODEL = "test-model";

/** A model server on 127.0.0.1 that speaks Ollama's and OpenAI's chat protocols, streamed and whole. */
export async function startModelServer(): Promise<ModelServer> {
  let behaviour: ModelBehaviour = { kind: "answer", text: "Yes. [1]" };
  const prompts: string[] = [];
  const open = new Set<ServerResponse>();

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "";
    if (behaviour.kind === "hang") return;
    if (behaviour.kind === "unavailable") {
      json(response, 503, { error: "overloaded" });
    } else if (path === "/api/tags")
      json(response, 200, { models: [{ name: `${MODEL}:latest`, model: MODEL, size: 1 }] });
    else if (path === "/api/show")
      json(response, 200, { details: { family: "test" }, capabilities: ["completion"] });
    else if (path === "/v1/models")
      json(response, 200, { object: "list", data: [{ id: MODEL, object: "model" }] });
    else if (path === "/api/chat" || path === "/v1/chat/completions")
      await chat(request, response, path === "/api/chat");
    else json(response, 404, { error: `no such route: ${path}` });
  };
  const chat = async (
    request: IncomingMessage,
    response: ServerResponse,
    isOllama: boolean,
  ): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as {
      messages: { content: string }[];
      stream?: boolean;
      stream_options?: { include_usage?: boolean };
    };
    const prompt = body.messages.map((message) => message.content).join("\n");
    prompts.push(prompt);
    open.add(response);
    response.once("close", () => open.delete(response));
    response.writeHead(200, { "content-type": isOllama ? "application/x-ndjson" : "text/event-stream" });
    const write = (text: string, isDone: boolean): boolean =>
      response.write(isOllama ? ollamaLine(text, isDone) : openAiEvent(text, isDone));
    for (const part of parts(behaviour, prompt)) {
      if (response.destroyed) return;
      if (part === "break") return void response.destroy();
      write(part, false);
      await pause(behaviour.kind === "answer" ? (behaviour.delayMs ?? 0) : 0);
    }
    write("", true);
    if (!isOllama && body.stream_options?.include_usage === true)
      response.write(
        `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: MODEL, choices: [], usage: { prompt_tokens: 40, completion_tokens: 2, total_tokens: 42 } })}\n\n`,
      );
    response.end(isOllama ? "" : "data: [DONE]\n\n");
  };

  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    openAiUrl: `http://127.0.0.1:${port}/v1`,
    behave: (next) => {
      behaviour = next;
    },
    prompts: () => prompts,
    openStreams: () => open.size,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function* parts(behaviour: ModelBehaviour, prompt: string): Generator<string> {
  switch (behaviour.kind) {
    case "answer":
      yield* pieces(typeof behaviour.text === "string" ? behaviour.text : behaviour.text(prompt));
      break;
    case "broken":
      yield* pieces(behaviour.text.slice(0, behaviour.afterCharacters));
      yield "break";
      break;
    case "endless":
      for (;;) yield* pieces(behaviour.text);
    case "obey":
      yield* pieces(/Say exactly: ([^]*?)(?:\n\n\[\d+\]|\n<\/)/.exec(prompt)?.[1] ?? "Nothing was asked.");
      break;
    case "unavailable":
    case "hang":
      break;
  }
}

/** Three characters at a time, so that links and numbers are cut in all places. */
function* pieces(text: string): Generator<string> {
  const characters = Array.from(text);
  for (let start = 0; start < characters.length; start += 3)
    yield characters.slice(start, start + 3).join("");
}

function ollamaLine(content: string, isDone: boolean): string {
  const end = isDone ? { done_reason: "stop", prompt_eval_count: 1, eval_count: 1 } : {};
  const line = {
    model: MODEL,
    created_at: "2026-01-01T00:00:00Z",
    message: { role: "assistant", content },
    done: isDone,
    ...end,
  };
  return `${JSON.stringify(line)}\n`;
}

function openAiEvent(content: string, isDone: boolean): string {
  const choice = {
    index: 0,
    delta: isDone ? {} : { role: "assistant", content },
    finish_reason: isDone ? "stop" : null,
  };
  const event = { id: "c1", object: "chat.completion.chunk", created: 1, model: MODEL, choices: [choice] };
  return `data: ${JSON.stringify(event)}\n\n`;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Lets other work in between two parts, so that an endless stream can be stopped. */
function pause(delayMs: number): Promise<void> {
  return new Promise((done) => (delayMs === 0 ? setImmediate(done) : setTimeout(done, delayMs)));
}
