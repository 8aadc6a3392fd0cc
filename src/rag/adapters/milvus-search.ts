import type { HybridSearchSingleReq } from "@zilliz/milvus2-sdk-node";
import type { RankedChunk, VectorIndex } from "../ports.ts";
import { milvusList } from "./milvus-literal.ts";
import type { MilvusSession } from "./milvus-connection.ts";
import { DENSE_FIELD, EMBEDDED_FIELD, fromRow, OUTPUT_FIELDS, SPARSE_FIELD } from "./milvus-schema.ts";
import { expectSuccess } from "./milvus-status.ts";

/** An answer must say in 5 s or less that search is away. */
export const SEARCH_TIMEOUT_MS = 3_500;
/** How many of the nearest chunks are looked at beside those that have a word of the question. */
const NEAREST = 50;
const RRF_K = 60;

/** The SDK's type lacks the metric, which it would send empty and Milvus Lite refuses. */
type Route = HybridSearchSingleReq & { metric_type: string; limit: number };

/** By words, by nearness, or by both in one call. */
export async function searchCollection(
  { client }: MilvusSession,
  collection: string,
  { searchText, vector, audiences, sources, limit }: Parameters<VectorIndex["search"]>[0],
): Promise<readonly RankedChunk[]> {
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
      output_fields: [...OUTPUT_FIELDS],
    });
    expectSuccess("searching", reply);
    return ranked(reply.results);
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
    output_fields: [...OUTPUT_FIELDS, EMBEDDED_FIELD, DENSE_FIELD],
  });
  expectSuccess("searching", reply);
  return ranked(reply.results);
}

/** Milvus Lite's scores are negative and differ between segments: only the order counts. */
function ranked(rows: readonly Readonly<Record<string, unknown>>[]): RankedChunk[] {
  return rows.map((row, index) => ({ chunk: fromRow(row), rank: index + 1 }));
}
