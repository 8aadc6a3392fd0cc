import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createChatModel } from "#src/rag/adapters/create-chat-model.ts";
import { answerQuestion } from "#src/rag/answer-question.ts";
import type { AnswerEvent } from "#src/rag/ports.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import { termStatistics } from "#src/rag/term-statistics.ts";
import { chunkFixture } from "#test/fixtures/chunks.ts";

/** Ollama and vLLM as far as they tell of a model's length. */
let told: { show?: object; models?: object };
let asked: { path: string; body: string }[];
let url: string;
let close: () => Promise<void>;
beforeEach(async () => {
  told = {};
  asked = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      const path = request.url ?? "";
      asked.push({ path, body });
      const answer =
        path === "/api/show"
          ? told.show
          : path === "/v1/models"
            ? told.models
            : path === "/api/chat"
              ? {
                  model: "m",
                  message: { role: "assistant", content: "Yes. [1]" },
                  done: true,
                  done_reason: "stop",
                }
              : undefined;
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(`${JSON.stringify(answer ?? {})}\n`);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
});
afterEach(() => close());

const ollama = (contextTokens?: number) =>
  createChatModel({ kind: "ollama", baseUrl: url, model: "m", contextTokens });
const vllm = (contextTokens?: number) =>
  createChatModel({ kind: "openai-compatible", baseUrl: `${url}/v1`, model: "m", contextTokens });

describe("how much a model reads", () => {
  it.each([
    ["what Ollama says it was trained for", { model_info: { "qwen3.context_length": 8_192 } }, 8_192],
    [
      "its Modelfile's num_ctx",
      { model_info: { "a.context_length": 40_960 }, parameters: "num_ctx 4096" },
      4_096,
    ],
    ["16,384 where it could take more", { model_info: { "qwen3.context_length": 131_072 } }, 16_384],
    ["16,384 where nothing is told", undefined, 16_384],
  ])("is %s", async (_, show, expected) => {
    if (show !== undefined) told.show = show;

    expect(await ollama().contextTokens?.()).toBe(expected);
  });

  it("is what vLLM lists, and what is set wins over all", async () => {
    told.models = { object: "list", data: [{ id: "m", max_model_len: 6_000 }] };
    told.show = { model_info: { "qwen3.context_length": 8_192 } };

    expect(await vllm().contextTokens?.()).toBe(6_000);
    expect(await vllm(32_000).contextTokens?.()).toBe(32_000);
    expect(await ollama(2_048).contextTokens?.()).toBe(2_048);
  });

  it("is asked once", async () => {
    const model = ollama();

    await model.contextTokens?.();
    await model.contextTokens?.();

    expect(asked.map(({ path }) => path)).toEqual(["/api/show"]);
  });

  it("decides how many passages it is given, with the length that Ollama then opens; the rest is told", async () => {
    told.show = { model_info: { "m.context_length": 4_096 } };
    const passages = Array.from({ length: 8 }, (_, place) => ({
      chunk: chunkFixture(`page${place}`, `${"A failed run is retried. ".repeat(60)}end${place}`),
      score: 8 - place,
      coverage: 1,
    }));
    const events: AnswerEvent[] = [];
    const answer = answerQuestion(
      {
        retrieve: async () => ({
          terms: [],
          passages,
          ranked: passages,
          nearest: [],
          confidence: 1,
          statistics: termStatistics(["a"]),
        }),
        models: () => [{ model: ollama() }],
        onModelFailure: () => {},
        onModelAnswer: () => {},
        prompts: await loadPrompts(join(import.meta.dirname, "../../prompts")),
        logger: pino({ level: "silent" }),
      },
      { text: "How is a run retried?", locale: "en" },
    );
    for await (const event of answer) events.push(event);

    const chat = asked.find(({ path }) => path === "/api/chat")?.body ?? "";
    const { options } = JSON.parse(chat) as { options: { num_ctx: number } };
    const given = passages.filter((_, place) => chat.includes(`end${place}`)).length;
    const last = events.findLast((event) => event.kind === "stage" && event.stage === "reading");
    const told_of = last?.kind === "stage" && last.stage === "reading" ? last.found.passages : [];
    expect(options.num_ctx).toBe(4_096);
    expect(given).toBeGreaterThan(2);
    expect(given).toBeLessThan(8);
    expect(told_of.filter(({ isLeftOut }) => isLeftOut === true)).toHaveLength(8 - given);
    expect(events.at(-1)).toMatchObject({ kind: "answer-end", mode: "generated" });
  });
});
