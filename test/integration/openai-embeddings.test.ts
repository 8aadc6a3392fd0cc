import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmbedder } from "#src/rag/adapters/create-embedder.ts";
import { createApiKey } from "#src/store/api-keys.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { startEmbeddingServer, type EmbeddingServer } from "#test/servers/embedding-server.ts";
import { startOpenAiApi } from "#test/servers/openai-api.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const PERSON = personFixture();
let postgres: TestPostgres;
let embeddings: EmbeddingServer;
let api: Awaited<ReturnType<typeof startOpenAiApi>>;
let secret: string;

beforeAll(async () => {
  [postgres, embeddings] = await Promise.all([startTestPostgres(), startEmbeddingServer()]);
});
afterAll(() => Promise.all([postgres.close(), embeddings.close()]));
beforeEach(() => embeddings.behave({ kind: "answer" }));
afterEach(() => api.close());

async function open(hasEmbedder: boolean): Promise<OpenAI> {
  const { store } = await postgres.createDatabase();
  ({ secret } = await createApiKey(store, { person: PERSON.slackUserId, name: "notebook", by: "test" }));
  const options = { kind: "ollama", model: "test-embedder", batchSize: 8, timeoutMs: 2_000 } as const;
  api = await startOpenAiApi({
    store,
    sources: [{ name: "guides", pages: { "a.md": "# Retry\n\nPress Retry." } }],
    ...(hasEmbedder && { embedder: createEmbedder({ ...options, baseUrl: embeddings.url }) }),
  });
  api.members.set(PERSON.slackUserId, PERSON);
  return new OpenAI({ apiKey: secret, baseURL: api.url, maxRetries: 0, timeout: 20_000 });
}

describe("embeddings by the official client", () => {
  it("are those of the documents' embedder, in the order of the input, packed or not", async () => {
    const client = await open(true);
    const input = ["a failed run", "lunch"];

    const packed = await client.embeddings.create({ model: "test-embedder", input });
    const plain = await client.embeddings.create({ model: "test-embedder", input, encoding_format: "float" });
    const one = await client.embeddings.create({ model: "test-embedder", input: "lunch" });

    expect(packed.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 64],
      [1, 64],
    ]);
    expect(packed.data[1]?.embedding).toEqual(plain.data[1]?.embedding);
    expect(one.data[0]?.embedding).toEqual(packed.data[1]?.embedding);
  });

  it("are refused as OpenAI refuses: no embedder, another model, another length, no text, no key, an outage", async () => {
    const none = await open(false);
    await expect(none.embeddings.create({ model: "test-embedder", input: "a" })).rejects.toMatchObject({
      status: 501,
      code: "not_implemented",
    });
    await api.close();
    const client = await open(true);
    const refused = (request: Partial<OpenAI.EmbeddingCreateParams>) =>
      client.embeddings.create({ model: "test-embedder", input: "a", ...request }).then(
        () => undefined,
        (error: unknown) => error,
      );

    expect(await refused({ model: "ada" })).toMatchObject({ status: 404, code: "model_not_found" });
    expect(await refused({ dimensions: 3 })).toMatchObject({ status: 400, param: "dimensions" });
    expect(await refused({ input: "" })).toMatchObject({ status: 400 });
    expect(await refused({ input: [[1, 2]] })).toMatchObject({ status: 400 });
    const stranger = new OpenAI({ apiKey: "jibsa-none", baseURL: api.url, maxRetries: 0 });
    await expect(stranger.embeddings.create({ model: "test-embedder", input: "a" })).rejects.toMatchObject({
      status: 401,
    });
    embeddings.behave({ kind: "unavailable" });
    expect(await refused({})).toMatchObject({ status: 503, code: "embedder_unavailable" });
  });
});
