import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { fileSchema } from "../../config/config-schema.ts";
import { startEmbeddingServer, type EmbeddingServer } from "#test/servers/embedding-server.ts";
import { checkSearchModels } from "./check-search-models.ts";

let server: EmbeddingServer;
beforeAll(async () => {
  server = await startEmbeddingServer();
});
afterAll(() => server.close());
beforeEach(() => server.behave({ kind: "answer" }));

const check = (knowledge: object) =>
  checkSearchModels({
    knowledge: fileSchema.parse({ knowledge }).knowledge,
    searchTokens: { embedder: undefined, reranker: undefined },
  });
const both = () => ({
  embedder: { kind: "openai", url: server.openAiUrl },
  reranker: { url: server.openAiUrl, model: "test-reranker" },
});

it("tells what each made when it was asked", async () => {
  const findings = await check(both());

  expect(findings).toMatchObject([
    {
      name: "embedder",
      level: "ok",
      text: expect.stringContaining("bge-m3 at http://127.0.0.1:") as unknown,
    },
    { name: "reranker", level: "ok", text: expect.stringContaining("test-reranker at") as unknown },
  ]);
  expect(findings[0]?.text).toContain("64 numbers a vector");
});

it("fails for one that does not answer, and says what happens until it does", async () => {
  server.behave({ kind: "unavailable" });

  expect(await check(both())).toMatchObject([
    { level: "fail", advice: expect.stringContaining("by words alone") as unknown },
    { level: "fail", advice: expect.stringContaining("our own order") as unknown },
  ]);
});

it("says that search goes by words where none is set", async () => {
  expect(await check({})).toEqual([
    { name: "embedder", level: "ok", text: "documents are searched for by their words" },
  ]);
});
