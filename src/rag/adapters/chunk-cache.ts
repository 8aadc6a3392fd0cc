import type { MilvusClient } from "@zilliz/milvus2-sdk-node";
import type { IndexedChunk } from "../ports.ts";

/** About 30 MB with vectors of 1,024 numbers. */
const MAX_CHUNKS = 3_000;

/** What a search found of a row: enough to know whether the chunk is the one that is remembered. */
export interface FoundRow {
  id: string;
  contentHash: string;
  /** Whether it has a vector now. */
  isEmbedded: boolean;
}

/**
 * Chunks that were read before. Sending a hundred of them with every search takes Milvus Lite longer than finding them. A
 * content hash changes with all that a chunk says and with who may read it, so what has the same is the same.
 */
export interface ChunkCache {
  get(collection: string, row: FoundRow): IndexedChunk | undefined;
  set(collection: string, chunk: IndexedChunk): void;
}

const caches = new WeakMap<MilvusClient, ChunkCache>();

/** Of one session with a server. */
export function chunkCacheOf(client: MilvusClient): ChunkCache {
  const known = caches.get(client);
  if (known !== undefined) return known;
  const cache = createChunkCache(MAX_CHUNKS);
  caches.set(client, cache);
  return cache;
}

export function createChunkCache(maxChunks: number): ChunkCache {
  const chunks = new Map<string, IndexedChunk>();
  const keyOf = (collection: string, { id, contentHash, isEmbedded }: FoundRow): string =>
    [collection, id, contentHash, isEmbedded].join(" ");
  return {
    get(collection, row) {
      const key = keyOf(collection, row);
      const chunk = chunks.get(key);
      if (chunk === undefined) return undefined;
      // What was asked for last is forgotten last.
      chunks.delete(key);
      chunks.set(key, chunk);
      return chunk;
    },
    set(collection, chunk) {
      const { id, contentHash, vector } = chunk;
      chunks.set(keyOf(collection, { id, contentHash, isEmbedded: vector !== undefined }), chunk);
      if (chunks.size <= maxChunks) return;
      const [oldest] = chunks.keys();
      if (oldest !== undefined) chunks.delete(oldest);
    },
  };
}
