import type { FieldType, FunctionType, MilvusClient } from "@zilliz/milvus2-sdk-node";
import type { IndexedChunk } from "../ports.ts";

/** Fields cannot be altered, so a change of these needs a new collection (see INDEX_VERSION). */
const TEXT_FIELDS = {
  id: 128,
  document_id: 128,
  source: 64,
  path: 4_096,
  title: 1_024,
  headings: 8_192,
  anchor: 2_048,
  url: 8_192,
  text: 65_535,
  search_text: 65_535,
  content_hash: 128,
  audience: 128,
  language: 8,
} as const;
type TextField = keyof typeof TEXT_FIELDS;

/** The field that BM25 fills; never written by us. */
export const SPARSE_FIELD = "sparse";
/** The field of the embedder's vectors, in collections that have them. */
export const DENSE_FIELD = "dense";
/** 1 where the vector is one, 0 where it only fills the field, which may not be empty. */
export const EMBEDDED_FIELD = "embedded";
export const OUTPUT_FIELDS: readonly string[] = [...Object.keys(TEXT_FIELDS), "updated_at"];

/** Of a collection with vectors. */
export interface DenseField {
  dimension: number;
  /** Milvus Lite's HNSW loses hits under a filter, and filters are on every search; its FLAT is exact and needs no build. */
  isLite: boolean;
}

/** Exactly what the server is asked to make; k1 is given because Milvus Lite's own default differs from Milvus'. */
export function collectionRequest(
  name: string,
  bm25: FunctionType,
  dense?: DenseField,
): Parameters<MilvusClient["createCollection"]>[0] {
  const fields = Object.entries(TEXT_FIELDS).map(([field, maxLength]): FieldType => ({
    name: field,
    data_type: "VarChar",
    max_length: maxLength,
    ...(field === "id" ? { is_primary_key: true } : {}),
    ...(field === "search_text" ? { enable_analyzer: true, analyzer_params: { type: "standard" } } : {}),
  }));
  return {
    collection_name: name,
    consistency_level: "Strong",
    fields: [
      ...fields,
      { name: "updated_at", data_type: "Int64" },
      { name: SPARSE_FIELD, data_type: "SparseFloatVector" },
      ...(dense === undefined
        ? []
        : ([
            { name: EMBEDDED_FIELD, data_type: "Int64" },
            { name: DENSE_FIELD, data_type: "FloatVector", dim: dense.dimension },
          ] satisfies FieldType[])),
    ],
    functions: [
      {
        name: "bm25",
        type: bm25,
        input_field_names: ["search_text"],
        output_field_names: [SPARSE_FIELD],
        params: {},
      },
    ],
    index_params: [
      {
        field_name: SPARSE_FIELD,
        index_type: "SPARSE_INVERTED_INDEX",
        metric_type: "BM25",
        params: { bm25_k1: 1.2, bm25_b: 0.75 },
      },
      ...(dense === undefined
        ? []
        : [
            {
              field_name: DENSE_FIELD,
              metric_type: "COSINE",
              ...(dense.isLite
                ? { index_type: "FLAT" }
                : { index_type: "HNSW", params: { M: 32, efConstruction: 256 } }),
            },
          ]),
    ],
  };
}

export type ChunkRow = Record<TextField, string> & {
  updated_at: number;
  embedded?: number;
  dense?: number[];
};

const NAME = /^[A-Za-z0-9:_.-]+$/;

/** Servers count a field's length differently (characters or bytes), so bytes are checked here. */
export function toRow(chunk: IndexedChunk, dimension?: number): ChunkRow {
  for (const name of ["id", "source", "audience"] as const)
    if (!NAME.test(chunk[name]))
      throw new RangeError(
        `a chunk's ${name} must consist of A-Z a-z 0-9 : _ . - only: ${JSON.stringify(chunk[name])}`,
      );
  const row: ChunkRow = {
    id: chunk.id,
    document_id: chunk.documentId,
    source: chunk.source,
    path: chunk.path,
    title: chunk.title,
    headings: JSON.stringify(chunk.headings),
    anchor: chunk.anchor,
    url: chunk.url,
    text: chunk.text,
    search_text: chunk.searchText,
    content_hash: chunk.contentHash,
    audience: chunk.audience,
    language: chunk.language,
    updated_at: Math.trunc(chunk.updatedAtMs),
    ...(dimension !== undefined && denseOf(chunk.vector, dimension)),
  };
  for (const [field, maxLength] of Object.entries(TEXT_FIELDS)) {
    const length = Buffer.byteLength(row[field as TextField]);
    if (length > maxLength)
      throw new RangeError(
        `a chunk's ${field} has ${length} bytes, at most ${maxLength} are allowed: ${chunk.id}`,
      );
  }
  return row;
}

/** A vector of another length belongs to a model that is no longer used; it is known again after its next embedding. */
function denseOf(vector: Float32Array | undefined, dimension: number): Pick<ChunkRow, "embedded" | "dense"> {
  if (vector?.length === dimension) return { embedded: 1, dense: [...vector] };
  return { embedded: 0, dense: Array.from({ length: dimension }, (_, index) => (index === 0 ? 1 : 0)) };
}

/** What a server gives back: text as text, 64-bit integers as text too. */
export function fromRow(row: Readonly<Record<string, unknown>>): IndexedChunk {
  const text = (field: TextField): string => {
    const value = row[field];
    return typeof value === "string" ? value : "";
  };
  return {
    id: text("id"),
    documentId: text("document_id"),
    source: text("source"),
    path: text("path"),
    title: text("title"),
    headings: JSON.parse(text("headings") || "[]") as string[],
    anchor: text("anchor"),
    url: text("url"),
    text: text("text"),
    searchText: text("search_text"),
    contentHash: text("content_hash"),
    audience: text("audience"),
    language: text("language") === "ko" ? "ko" : "en",
    updatedAtMs: Number(row["updated_at"] ?? 0),
    ...(Number(row[EMBEDDED_FIELD]) === 1 &&
      Array.isArray(row[DENSE_FIELD]) && { vector: Float32Array.from(row[DENSE_FIELD] as number[]) }),
  };
}
