import { join } from "node:path";
import { FunctionType } from "@zilliz/milvus2-sdk-node";
import { pino } from "pino";
import { collectionRequest, toRow } from "#src/rag/adapters/milvus-schema.ts";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import { createRag } from "#src/rag/create-rag.ts";
import { indexDocument } from "#src/rag/indexed-document.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import type { IndexedChunk } from "#src/rag/ports.ts";
import type { Figure } from "./figure.ts";
import { benchSource } from "./servers/bench-pages.ts";
import { withIndexServers } from "./servers/with-index-servers.ts";

const PAGES = 10_000;
const QUICK_PAGES = 60;
const UPSERT_PAGES = 3_000;
const QUICK_UPSERT_PAGES = 40;
/** The best for Milvus Lite: a write is flushed once. */
const ROWS_PER_UPSERT = 1_000;

export const indexingFigure: Figure = {
  name: "indexing",
  summary:
    "pages synced, beside bare upserts of their rows; an unchanged sync of 10,000 pages, beside the first",
  lines: [
    { label: "indexing", ours: "sync", peer: "upserts", unit: "s", compare: "ratio", limit: 1.25 },
    { label: "unchanged sync", ours: "again", peer: "first", unit: "s", compare: "ratio", limit: 1 / 50 },
  ],
  open: ({ isQuick }) =>
    withIndexServers(async ({ milvus, client, postgres, closers, close }) => {
      const prompts = await loadPrompts(join(import.meta.dirname, "../../prompts"));
      let collections = 0;
      const open = async (pages: number) => {
        const index = createMilvusVectorIndex({
          address: milvus.address,
          collection: `bench${(collections += 1)}`,
        });
        await index.open();
        const { store } = await postgres.createDatabase();
        const logger = pino({ level: "silent" });
        const rag = createRag({ store, index, sources: [benchSource(pages)], prompts, logger });
        return { index, rag };
      };
      const seconds = async (work: () => Promise<unknown>): Promise<number> => {
        const startedMs = performance.now();
        await work();
        return (performance.now() - startedMs) / 1_000;
      };
      const pages = isQuick ? QUICK_PAGES : PAGES;
      const upsertPages = isQuick ? QUICK_UPSERT_PAGES : UPSERT_PAGES;
      const chunks = await chunksOf(upsertPages);
      const whole = await open(pages);
      closers.push(() => whole.rag.close());
      const first = await seconds(() => whole.rag.sync("bench"));
      return {
        sides: {
          async sync() {
            const { rag } = await open(upsertPages);
            const took = await seconds(() => rag.sync("bench"));
            await rag.close();
            return took;
          },
          async upserts() {
            const name = `bare${(collections += 1)}`;
            await client.createCollection(collectionRequest(name, FunctionType.BM25));
            await client.loadCollectionSync({ collection_name: name });
            return seconds(async () => {
              for (let start = 0; start < chunks.length; start += ROWS_PER_UPSERT) {
                const rows = chunks.slice(start, start + ROWS_PER_UPSERT).map((chunk) => toRow(chunk));
                const data = rows.map((row) => ({ ...row }));
                const reply = await client.upsert({ collection_name: name, data, timeout: 120_000 });
                if (reply.status.error_code !== "Success") throw new Error(reply.status.reason);
                await client.flushSync({ collection_names: [name] });
              }
            });
          },
          first: async () => first,
          async again() {
            return seconds(async () => {
              const { written } = await whole.rag.sync("bench");
              if (written > 0) throw new Error(`${written} unchanged pages were written again`);
            });
          },
        },
        close,
      };
    }),
};

async function chunksOf(pages: number): Promise<IndexedChunk[]> {
  const source = benchSource(pages);
  const { documents } = await source.list();
  const read = await Promise.all(documents.map(({ path }) => source.read(path)));
  return read.flatMap((document) => {
    if (!("bytes" in document)) return [];
    const { bytes, path, updatedAt, url } = document;
    const page = { path, updatedAt, url, content: bytes.toString(), format: "markdown" as const };
    return indexDocument("bench", "public", page).chunks;
  });
}
