import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmbedder, type EmbedderOptions } from "#src/rag/adapters/create-embedder.ts";
import { EmbedderUnavailableError } from "#src/rag/ports.ts";
import { startEmbeddingServer, type EmbeddingServer } from "#test/servers/embedding-server.ts";

/** What an embedder must do, whichever protocol it speaks. */
export function embedderContract(kind: EmbedderOptions["kind"]): void {
  describe(`embedder over ${kind}`, () => {
    let server: EmbeddingServer;
    beforeAll(async () => {
      server = await startEmbeddingServer();
    });
    afterAll(() => server.close());
    beforeEach(() => {
      server.behave({ kind: "answer" });
      server.setLimits({});
      server.setDimension(64);
    });

    const open = (options: Partial<EmbedderOptions> = {}) =>
      createEmbedder({
        kind,
        baseUrl: kind === "ollama" ? server.url : server.openAiUrl,
        model: "test-embedder",
        batchSize: 8,
        timeoutMs: 5_000,
        ...options,
      });
    const passages = { as: "passage" } as const;
    const cosine = (left?: Float32Array, right?: Float32Array): number =>
      (left ?? new Float32Array()).reduce((sum, value, index) => sum + value * (right?.[index] ?? 0), 0);

    it("gives a vector of unit length for each text, in their order, a batch a call", async () => {
      const texts = Array.from({ length: 20 }, (_, number) => `failed training number ${number}`);
      const before = server.calls().length;

      const vectors = await open().embed(texts, passages);
      const again = await open({ batchSize: 100 }).embed(texts, passages);

      expect(vectors).toHaveLength(20);
      expect(vectors.map((one) => cosine(one, one).toFixed(4))).toEqual(texts.map(() => "1.0000"));
      expect(vectors).toEqual(again);
      expect(
        server
          .calls()
          .slice(before)
          .map((call) => call.length),
      ).toEqual([8, 8, 4, 20]);
    });

    it("asks the model for its dimension once", async () => {
      const embedder = open();
      const before = server.calls().length;

      expect(await embedder.dimension()).toBe(64);
      expect(await embedder.dimension()).toBe(64);

      expect(server.calls()).toHaveLength(before + 1);
    });

    it("embeds the whole of a text that is longer than the model takes, in parts", async () => {
      server.setLimits({ characters: 200 });
      const beginning = "The notebook of the team. ".repeat(10);
      const text = `${beginning}${"A failed training run waits in the queue. ".repeat(10)}`;

      const [whole, alone] = await open().embed([text, "short"], passages);
      const [end] = await open().embed(["A failed training run waits in the queue."], passages);
      const [start] = await open().embed(["The notebook of the team."], passages);

      expect(cosine(whole, whole)).toBeCloseTo(1, 4);
      expect(cosine(whole, end)).toBeGreaterThan(0.3);
      expect(cosine(whole, start)).toBeGreaterThan(0.3);
      expect(alone).toHaveLength(64);
    });

    it("halves a batch that is larger than the server takes", async () => {
      server.setLimits({ batch: 3 });

      expect(await open().embed(["a1", "b2", "c3", "d4", "e5", "f6", "g7"], passages)).toHaveLength(7);
    });

    it("writes before a question and a passage what its model wants there, under another name", async () => {
      const embedder = open({ questionPrefix: "query: ", passagePrefix: "passage: " });

      await embedder.embed(["gpu"], { as: "question" });
      await embedder.embed(["gpu"], passages);

      expect(server.calls().slice(-2)).toEqual([["query: gpu"], ["passage: gpu"]]);
      expect(embedder.name).not.toBe(open().name);
    });

    it("sends its key, and no key where there is none", async () => {
      await open({ apiKey: "sk-embed" }).embed(["a"], passages);
      await open().embed(["a"], passages);

      expect(server.keys().slice(-2)).toEqual(["Bearer sk-embed", ""]);
    });

    it.each([
      ["is overloaded", { kind: "unavailable" }],
      ["does not answer in time", { kind: "hang" }],
      ["sends elsewhere", { kind: "redirect", location: "http://127.0.0.1:1/" }],
      ["answers something else", { kind: "nonsense", body: { hello: 1 } }],
      ["answers too few vectors", { kind: "nonsense", body: { embeddings: [], data: [] } }],
      [
        "answers zeros",
        { kind: "nonsense", body: { embeddings: [[0, 0]], data: [{ index: 0, embedding: [0, 0] }] } },
      ],
    ] as const)("throws an outage when its server %s", async (_, behaviour) => {
      server.behave(behaviour);

      await expect(open({ timeoutMs: 200 }).embed(["a"], passages)).rejects.toThrow(EmbedderUnavailableError);
    });

    it("tells whether it can be reached, and ends with its caller's signal", async () => {
      expect(await open().isReachable()).toBe(true);
      server.behave({ kind: "unavailable" });
      expect(await open().isReachable()).toBe(false);
      expect(await open({ baseUrl: "http://127.0.0.1:1" }).isReachable()).toBe(false);
      server.behave({ kind: "hang" });

      await expect(
        open().embed(["a"], { as: "question", signal: AbortSignal.timeout(50) }),
      ).rejects.toMatchObject({ name: "TimeoutError" });
    });
  });
}
