import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Person } from "../../actions/ports.ts";
import type { AnswerEvent, Question } from "../../rag/ports.ts";
import type { Locale, Store } from "../../store/database.ts";
import { createAuthenticate } from "./authenticate.ts";
import type { AnswerTexts } from "./chat-content.ts";
import { readChatRequest } from "./chat-request.ts";
import { checkHost } from "./host-guard.ts";
import { createKeyLimits } from "./key-limits.ts";
import { listModels, modelObject } from "./knowledge-models.ts";
import { readJsonBody } from "./read-json-body.ts";
import { Refusal, sendRefusal } from "./refusal.ts";
import { serveEmbeddings, type EmbeddingsDeps } from "./serve-embeddings.ts";
import { serveChat } from "./serve-chat.ts";

export interface OpenAiApiDeps {
  store: Store;
  answer(question: Question): AsyncIterable<AnswerEvent>;
  /** Undefined: there are no embeddings. */
  embedder: EmbeddingsDeps["embedder"];
  /** Names of the document sources that somebody with these audiences may know of. */
  sources(audiences: readonly string[]): Promise<readonly string[]>;
  /** Only active members exist. @throws PersonUnavailableError */
  findPerson(slackUserId: string): Promise<Person | undefined>;
  /** Which readers' documents this person may read. */
  audiencesOf(person: Person): Promise<readonly string[]>;
  texts(locale: Locale): AnswerTexts;
  /** The language to answer in. */
  localeOf(question: string, fallback: Locale): Locale;
  /** Names under which clients reach this server, with port where one is typed. */
  hosts: readonly string[];
  requestsPerMinute: number;
  logger: Logger;
  now(): Date;
  /** Any clock that does not jump. */
  nowMs(): number;
  /** Of an answer; unique. */
  newId(): string;
}

/**
 * The documents as models behind OpenAI's protocol (https://platform.openai.com/docs/api-reference): GET /v1/models,
 * POST /v1/chat/completions and POST /v1/embeddings. Every call has the rights of its key's person, and every error OpenAI's form.
 */
export function createOpenAiApi(deps: OpenAiApiDeps) {
  const authenticate = createAuthenticate(deps);
  const limits = createKeyLimits(deps);

  async function route(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    checkHost(request, deps.hosts);
    const caller = await authenticate(request);
    limits.count(caller.keyId);
    if (path === "/v1/models" || path.startsWith("/v1/models/")) {
      expectMethod(request, "GET");
      const ids = listModels(await deps.sources(await deps.audiencesOf(caller.person)));
      if (path === "/v1/models") return sendJson(response, { object: "list", data: ids.map(modelObject) });
      const wanted = decodeURIComponent(path.slice("/v1/models/".length));
      if (!ids.includes(wanted)) throw unknownModel(wanted);
      return sendJson(response, modelObject(wanted));
    }
    if (path === "/v1/chat/completions") {
      expectMethod(request, "POST");
      const chat = readChatRequest(await readJsonBody(request));
      return serveChat({ ...deps, limits, unknownModel }, caller, chat, response);
    }
    if (path === "/v1/embeddings") {
      expectMethod(request, "POST");
      const { embedder } = deps;
      return serveEmbeddings({ embedder, limits }, caller, await readJsonBody(request), response);
    }
    throw new Refusal(
      404,
      "unknown_url",
      `there is no ${path.slice(0, 100)}: /v1/models, /v1/chat/completions, /v1/embeddings`,
    );
  }

  return {
    async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
      try {
        await route(request, response, path);
      } catch (error) {
        if (response.destroyed) return;
        const refusal =
          error instanceof Refusal
            ? error
            : new Refusal(500, "internal_error", "this failed here; it is in the log");
        if (!(error instanceof Refusal))
          deps.logger.error({ err: error, path }, "a call of the OpenAI api failed");
        // What is left of a body that nobody reads would be taken for the next request.
        if (!request.complete) response.setHeader("connection", "close");
        sendRefusal(response, refusal);
      }
    },
  };
}

export type OpenAiApi = ReturnType<typeof createOpenAiApi>;

function expectMethod(request: IncomingMessage, method: string): void {
  if (request.method !== method)
    throw new Refusal(405, "method_not_supported", `${method} only, not ${request.method ?? ""}`);
}

function unknownModel(model: string): Refusal {
  return new Refusal(404, "model_not_found", `there is no model "${model.slice(0, 100)}": see /v1/models`, {
    param: "model",
  });
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
