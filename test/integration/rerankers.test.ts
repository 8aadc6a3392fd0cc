import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createReranker } from "#src/rag/adapters/create-reranker.ts";
import { RerankerUnavailableError } from "#src/rag/ports.ts";
import { createRerank } from "#src/rag/rerank.ts";
import { chunkFixture } from "#test/fixtures/chunks.ts";
import { startEmbeddingServer, type EmbeddingServer } from "#test/servers/embedding-server.ts";

let server: EmbeddingServer;
beforeAll(async () => {
  server = await startEmbeddingServer();
});
afterAll(() => server.close());
beforeEach(() => server.behave({ kind: "answer" }));

describe.each([
  ["vLLM, KServe and llama.cpp", () => server.openAiUrl],
  ["TEI", () => server.url],
])("a reranker behind %s", (_, urlOf) => {
  const open = (timeoutMs = 5_000) => createReranker({ baseUrl: urlOf(), model: "rerank", timeoutMs });

  it("gives every text its score, in the order of the texts", async () => {
    const scores = await open().score("retry the run", ["lunch", "retry the run", "the run"]);

    expect(scores[1]).toBeGreaterThan(scores[2] ?? 1);
    expect(scores[2]).toBeGreaterThan(scores[0] ?? 1);
    expect(await open().isReachable()).toBe(true);
  });

  it.each([
    ["is overloaded", { kind: "unavailable" }],
    ["does not answer in time", { kind: "hang" }],
    ["leaves texts out", { kind: "nonsense", body: { results: [{ index: 0, relevance_score: 1 }] } }],
    ["answers something else", { kind: "nonsense", body: { hello: 1 } }],
  ] as const)("throws an outage when its server %s", async (__, behaviour) => {
    server.behave(behaviour);

    await expect(open(200).score("retry", ["a", "b"])).rejects.toThrow(RerankerUnavailableError);
  });
});

describe("the order of passages", () => {
  const ranked = ["lunch menu", "the run", "retry the run", "last"].map((text, place) => ({
    chunk: chunkFixture(`p${place}`, text, { headings: [] }),
    score: 4 - place,
    coverage: 0,
  }));
  let nowMs = 0;
  const open = (passages = 3) =>
    createRerank({
      reranker: createReranker({ baseUrl: server.openAiUrl, timeoutMs: 100 }),
      passages,
      logger: pino({ level: "silent" }),
      nowMs: () => nowMs,
    });
  const textsOf = (some: readonly { chunk: { text: string } }[]) => some.map(({ chunk }) => chunk.text);

  it("is the reranker's for the first ones, and ours behind them", async () => {
    const { ranked: found, outcome } = await open()("retry the run", ranked);

    expect(outcome).toBe("used");
    expect(textsOf(found)).toEqual(["retry the run", "the run", "lunch menu", "last"]);
  });

  it("stays ours when it is late; after three times it is not asked for half a minute", async () => {
    const rerank = open();
    server.behave({ kind: "hang" });
    const outcomes: string[] = [];

    for (let time = 0; time < 4; time += 1) {
      const { ranked: found, outcome } = await rerank("retry the run", ranked);
      outcomes.push(outcome);
      expect(found).toEqual(ranked);
    }
    server.behave({ kind: "answer" });
    nowMs += 30_000;

    expect(outcomes).toEqual(["away", "away", "away", "resting"]);
    expect((await rerank("retry the run", ranked)).outcome).toBe("used");
  });
});
