import { describe, expect, it } from "vitest";
import { createEmbedder } from "#src/rag/adapters/create-embedder.ts";
import { embedderContract } from "#test/contracts/embedder-contract.ts";
import { startEmbeddingServer } from "#test/servers/embedding-server.ts";

embedderContract("ollama");
embedderContract("openai-compatible");

describe("Ollama's embedder", () => {
  it("forbids Ollama to cut a text without telling", async () => {
    const server = await startEmbeddingServer();
    try {
      const embedder = createEmbedder({
        kind: "ollama",
        baseUrl: server.url,
        model: "bge-m3",
        batchSize: 8,
        timeoutMs: 5_000,
      });

      await embedder.embed(["gpu"], { as: "passage" });

      expect(server.bodies()).toEqual([{ model: "bge-m3", input: ["gpu"], truncate: false }]);
    } finally {
      await server.close();
    }
  });
});
