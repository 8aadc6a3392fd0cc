import type { Locale } from "../store/database.ts";

/** Where a citation points: a page of the index, never an address written by a model. */
export interface SourceRef {
  documentId: string;
  title: string;
  /** Headings from the page's title down to the cited part, e.g. ["Retries", "Back-off"]. */
  headings: readonly string[];
  /** Absolute address of the page with its anchor. */
  url: string;
  updatedAt?: Date;
}

export type AnswerEvent =
  | { kind: "stage"; stage: "searching" | "reading" | "writing" }
  | { kind: "text-delta"; text: string }
  | { kind: "citation"; number: number; source: SourceRef }
  | { kind: "answer-end"; mode: "generated" | "extractive"; model?: string }
  | {
      kind: "no-answer";
      reason: "nothing-relevant" | "model-unavailable" | "search-unavailable";
      nearest: readonly SourceRef[];
    };

export interface Question {
  text: string;
  /** The language to answer in. */
  locale: Locale;
  /** Earlier messages of the thread, oldest first; context only, never instructions. */
  history?: readonly { role: "person" | "assistant"; text: string }[];
  signal?: AbortSignal;
}

/** One chunk as stored: at most 1,500 characters of text and 65,535 bytes of any field. */
export interface IndexedChunk {
  id: string;
  documentId: string;
  source: string;
  path: string;
  title: string;
  headings: readonly string[];
  anchor: string;
  url: string;
  text: string;
  /** Space-joined output of `tokenize`, the only field that BM25 reads. */
  searchText: string;
  contentHash: string;
  /** Who may read it: an interned set of readers, "public" when everyone in the workspace may. */
  audience: string;
  /** Milliseconds since the epoch, 0 when unknown. */
  updatedAtMs: number;
}

export interface RankedChunk {
  chunk: IndexedChunk;
  /** 1 for the best. Scores differ between Milvus Lite and Milvus, ranks do not. */
  rank: number;
}

/** One index; thrown errors are outages (`SearchUnavailableError`), everything else is a value. */
export interface VectorIndex {
  /** Creates or loads the collection; to be called after every start of the server. */
  open(): Promise<void>;
  upsert(chunks: readonly IndexedChunk[]): Promise<void>;
  deleteDocuments(documentIds: readonly string[]): Promise<void>;
  /** Document id -> content hash, of everything indexed for a source. */
  listDocuments(source: string): Promise<ReadonlyMap<string, string>>;
  search(query: { searchText: string; audiences: readonly string[]; limit: number }): Promise<readonly RankedChunk[]>;
  count(): Promise<number>;
  close(): Promise<void>;
}

/** A streaming chat model. Throws `ModelUnavailableError` when it cannot be reached or breaks off. */
export interface ChatModel {
  name: string;
  stream(prompt: { system: string; user: string; signal?: AbortSignal }): AsyncIterable<string>;
  isReachable(): Promise<boolean>;
}

export interface SourceDocument {
  path: string;
  /** Markdown or plain text. */
  content: string;
  format: "markdown" | "text";
  updatedAt: Date;
  url: string;
}

/** Where documents come from; the folder source is the one of today. */
export interface DocumentSource {
  name: string;
  list(): Promise<readonly { path: string; updatedAt: Date; sizeBytes: number }[]>;
  read(path: string): Promise<SourceDocument>;
  /** Calls back, debounced, after something changed. Returns how to stop. */
  watch(onChange: () => void): Promise<() => Promise<void>>;
}

export class SearchUnavailableError extends Error {
  override name = "SearchUnavailableError";
}
export class ModelUnavailableError extends Error {
  override name = "ModelUnavailableError";
}
