import type { HybridSearchSingleReq } from "@zilliz/milvus2-sdk-node";
import type { IndexedChunk, RankedChunk, VectorIndex } from "../ports.ts";
import { chunkCacheOf } from "./chunk-cache.ts";
import { milvusList } from "./milvus-literal.ts";
import type { MilvusSession } from "./milvus-connection.ts";
import { DENSE_FIELD, EMBEDDED_FIELD, fromRow, OUTPUT_FIELDS, SPARSE_FIELD } from "./milvus-schema.ts";
import { expectSuccess } from "./milvus-status.ts";

/** An answer must say in 5 s or less that search is away. */
export const SEARCH_TIMEOUT_MS = 3_500;
/** How many of the nearest chunks are looked at beside those that have a word of the question. */
const NEAREST = 50;
const RRF_K = 60;
const FOUND_FIELDS = ["id", "content_hash", "updated_at"];

/** The SDK's type lacks the metric, which it would send empty and Milvus Lite refuses. */
type Route = HybridSearchSingleReq & { metric_type: string; limit: number };

/** By words, by nearness, or by both in one call. */
export async function searchCollection(
  session: MilvusSession,
  collection: string,
  { searchText, vector, audiences, sources, limit }: Parameters<VectorIndex["search"]>[0],
): Promise<readonly RankedChunk[]> {
  const { client } = session;
  const filter = [
    `audience in ${milvusList(audiences)}`,
    ...(sources === undefined ? [] : [`source in ${milvusList(sources)}`]),
  ].join(" and ");
  const common = { collection_name: collection, timeout: SEARCH_TIMEOUT_MS };
  if (vector === undefined) {
    const reply = await client.search({
      ...common,
      anns_field: SPARSE_FIELD,
      data: searchText,
      // The SDK sends an empty metric by itself, which Milvus Lite refuses.
      metric_type: "BM25",
      filter,
      limit,
      output_fields: FOUND_FIELDS,
    });
    expectSuccess("searching", reply);
    return readChunks(session, collection, filter, reply.results, false);
  }
  const routes: Route[] = [
    {
      anns_field: DENSE_FIELD,
      data: [...vector],
      metric_type: "COSINE",
      params: { ef: 128 },
      limit: Math.min(limit, NEAREST),
      expr: `${filter} and ${EMBEDDED_FIELD} == 1`,
    },
  ];
  if (searchText.trim() !== "")
    routes.push({
      anns_field: SPARSE_FIELD,
      data: searchText,
      metric_type: "BM25",
      params: {},
      limit,
      expr: filter,
    });
  const reply = await client.hybridSearch({
    ...common,
    data: routes,
    rerank: { strategy: "rrf", params: { k: RRF_K } },
    limit: limit + NEAREST,
    output_fields: [...FOUND_FIELDS, EMBEDDED_FIELD],
  });
  expectSuccess("searching", reply);
  return readChunks(session, collection, filter, reply.results, true);
}

/**
 * The chunks of what was found, in its order; scores differ between servers and segments, only the order counts. What is not
 * remembered is read under the same filter: a row that changed in between, its readers too, is no hit any more.
 */
async function readChunks(
  session: MilvusSession,
  collection: string,
  filter: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  hasVectors: boolean,
): Promise<readonly RankedChunk[]> {
  const cache = chunkCacheOf(session.client);
  const found = rows.map((row) => ({
    id: String(row["id"]),
    contentHash: String(row["content_hash"]),
    isEmbedded: hasVectors && Number(row[EMBEDDED_FIELD]) === 1,
    updatedAtMs: Number(row["updated_at"] ?? 0),
  }));
  const chunks = new Map<string, IndexedChunk>();
  for (const row of found) {
    const known = cache.get(collection, row);
    if (known !== undefined) chunks.set(row.id, known);
  }
  const missing = found.filter(({ id }) => !chunks.has(id));
  if (missing.length > 0) {
    const hashes = new Map(missing.map(({ id, contentHash }) => [id, contentHash]));
    const reply = await session.client.query({
      collection_name: collection,
      filter: `id in ${milvusList([...hashes.keys()])} and ${filter}`,
      output_fields: [...OUTPUT_FIELDS, ...(hasVectors ? [EMBEDDED_FIELD, DENSE_FIELD] : [])],
      limit: missing.length,
      timeout: SEARCH_TIMEOUT_MS,
    });
    expectSuccess("searching", reply);
    for (const chunk of reply.data.map(fromRow)) {
      if (hashes.get(chunk.id) !== chunk.contentHash) continue;
      chunks.set(chunk.id, chunk);
      cache.set(collection, chunk);
    }
  }
  return found
    .flatMap(({ id, updatedAtMs }) => {
      const chunk = chunks.get(id);
      return chunk === undefined ? [] : [{ ...chunk, updatedAtMs }];
    })
    .map((chunk, place) => ({ chunk, rank: place + 1 }));
}
