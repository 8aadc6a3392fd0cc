import { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { pino } from "pino";
import { createEmbedder } from "#src/rag/adapters/create-embedder.ts";
import { DENSE_FIELD, OUTPUT_FIELDS, SPARSE_FIELD } from "#src/rag/adapters/milvus-schema.ts";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import { createRag } from "#src/rag/create-rag.ts";
import { questionTerms } from "#src/rag/question-terms.ts";
import { retrieve } from "#src/rag/retrieve.ts";
import { termStatistics } from "#src/rag/term-statistics.ts";
import { startEmbeddingServer } from "#test/servers/embedding-server.ts";
import type { Figure } from "./figure.ts";
import { benchSource, QUESTIONS } from "./servers/bench-pages.ts";
import { withIndexServers } from "./servers/with-index-servers.ts";
import { percentile } from "./statistics.ts";

const PAGES = 2_000;
const QUICK_PAGES = 50;
const ASKED = 40;
const QUICK_ASKED = 4;
const AT_ONCE = 50;
const QUICK_AT_ONCE = 5;
const DIMENSION = 256;

export const retrievalFigure: Figure = {
  name: "retrieval",
  summary: "p95 of finding passages by words and vectors, one question and 50 at once; peer: the Milvus call",
  lines: [
    { label: "retrieval", ours: "retrieve", peer: "search", unit: "ms", compare: "ratio", limit: 1.3 },
    { label: "retrieval, 50", ours: "50 at once", peer: "retrieve", unit: "ms", compare: "ratio", limit: 8 },
  ],
  open: ({ isQuick }) =>
    withIndexServers(async ({ milvus, client, postgres, closers, close }) => {
      const server = await startEmbeddingServer();
      closers.push(() => server.close());
      server.setDimension(DIMENSION);
      const index = createMilvusVectorIndex({ address: milvus.address, collection: "bench" });
      const { store } = await postgres.createDatabase();
      const embedder = createEmbedder({
        kind: "ollama",
        baseUrl: server.url,
        model: "bench",
        batchSize: 32,
        timeoutMs: 60_000,
      });
      const rag = createRag({
        store,
        index,
        sources: [benchSource(isQuick ? QUICK_PAGES : PAGES)],
        embedder,
        questionTimeoutMs: 60_000,
        prompts: {} as never,
        logger: pino({ level: "silent" }),
      });
      closers.push(() => rag.close());
      await rag.sync("bench");
      await rag.settle();
      const statistics = termStatistics(await index.sampleSearchTexts(20_000));
      const vectors = new Map<string, Float32Array>();
      for (const question of QUESTIONS) {
        const [vector] = await embedder.embed([question], { as: "question" });
        if (vector !== undefined) vectors.set(question, vector);
      }
      // What the embedder needs is the embedder's: both sides have the vector already.
      const vectorOf = async (text: string) =>
        ({ kind: "vector", vector: vectors.get(text) ?? new Float32Array(DIMENSION) }) as const;
      const deps = { index, statistics: async () => statistics, vectorOf };
      const find = async (question: string): Promise<void> => {
        const { ranked } = await retrieve(deps, { text: question, locale: "en" });
        if (ranked.length === 0) throw new Error(`nothing was found for: ${question}`);
      };
      const asked = Array.from(
        { length: isQuick ? QUICK_ASKED : ASKED },
        (_, place) => QUESTIONS[place % QUESTIONS.length] ?? "",
      );
      const each = (ask: (question: string) => Promise<unknown>) => async (): Promise<number> => {
        const tookMs: number[] = [];
        for (const question of asked) tookMs.push(await timed(() => ask(question)));
        return percentile(tookMs, 0.95);
      };
      const sides = {
        retrieve: each(find),
        search: each(searchOnly(client, "bench", vectors)),
        "50 at once": async () => {
          const many = Array.from(
            { length: isQuick ? QUICK_AT_ONCE : AT_ONCE },
            (_, place) => QUESTIONS[place % QUESTIONS.length] ?? "",
          );
          return percentile(await Promise.all(many.map((question) => timed(() => find(question)))), 0.95);
        },
      };
      await sides.retrieve();
      await sides.search();
      return { sides, close };
    }),
};

/** The same hybrid call, bare. */
function searchOnly(client: MilvusClient, collection: string, vectors: ReadonlyMap<string, Float32Array>) {
  return async (question: string): Promise<void> => {
    const tokens = questionTerms(question).flatMap((term) => term.alternatives.flat());
    const expr = 'audience in ["public"]';
    const dense = {
      anns_field: DENSE_FIELD,
      data: [...(vectors.get(question) ?? [])],
      metric_type: "COSINE",
      params: { ef: 128 },
      limit: 50,
      expr: `${expr} and embedded == 1`,
    };
    const sparse = {
      anns_field: SPARSE_FIELD,
      data: [...new Set(tokens)].join(" "),
      metric_type: "BM25",
      params: {},
      limit: 100,
      expr,
    };
    const reply = await client.hybridSearch({
      collection_name: collection,
      data: [dense, sparse],
      rerank: { strategy: "rrf", params: { k: 60 } },
      limit: 150,
      output_fields: [...OUTPUT_FIELDS, "embedded", DENSE_FIELD],
    });
    if (reply.results.length === 0) throw new Error(`nothing was found for: ${question}`);
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
