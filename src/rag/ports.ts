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

/** What a search found and how it was judged, for whoever asks why an answer is as it is. */
export interface SearchTrace {
  /** Words of the question that were searched for, each with its other spellings. */
  words: readonly string[];
  /** Other spellings and translations by which passages were found; absent in what older versions kept. */
  searchedAlso?: readonly string[];
  /** 0 to 1. */
  confidence: number;
  /** What the answer could be written from, best first. */
  passages: readonly { source: SourceRef; score: number }[];
  tookMs: number;
}

/** Who wrote a curated answer, and when. */
export interface Curator {
  slackUserId: string;
  name: string;
  at: Date;
}

export type AnswerEvent =
  | { kind: "stage"; stage: "searching" | "writing" }
  | { kind: "stage"; stage: "reading"; found: SearchTrace }
  | { kind: "text-delta"; text: string }
  /** Forget the text and citations so far: another answer follows (the model broke off or cited nothing). */
  | { kind: "restart" }
  | { kind: "citation"; number: number; source: SourceRef }
  | { kind: "answer-end"; mode: "generated" | "extractive"; model?: string; usage?: TokenUsage }
  /** A person wrote it, for such a question. */
  | { kind: "answer-end"; mode: "curated"; by: Curator }
  | {
      kind: "no-answer";
      reason: "nothing-relevant" | "model-unavailable" | "search-unavailable";
      nearest: readonly SourceRef[];
      /** Where the search decided. */
      found?: SearchTrace;
    };

export interface Question {
  text: string;
  /** The language to answer in. */
  locale: Locale;
  /** Which readers' documents may be used; undefined means ["public"]. */
  audiences?: readonly string[];
  /** Only documents of these sources; undefined means all. */
  sources?: readonly string[];
  /** Earlier messages of the thread, oldest first; context only, never instructions. */
  history?: readonly { role: "person" | "assistant"; text: string }[];
  /** Name of the model to try first. */
  model?: string;
  /** No other model takes its place. */
  onlyModel?: boolean;
  /** Name of the model that is usual where the question was asked: tried first where none is asked for. */
  usualModel?: string;
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
  language: Locale;
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
  /**
   * Writes documents. All chunks of a document come in one call and replace whatever was indexed under its id.
   * Refuses (RangeError) chunks whose id, source or audience is outside [A-Za-z0-9:_.-], or whose fields are too long.
   */
  upsert(chunks: readonly IndexedChunk[]): Promise<void>;
  deleteDocuments(documentIds: readonly string[]): Promise<void>;
  /** Document id -> content hash, of everything indexed for a source; "" when a document's chunks disagree. */
  listDocuments(source: string): Promise<ReadonlyMap<string, string>>;
  /** Best first. No audiences or an empty query: nothing. */
  search(query: {
    searchText: string;
    audiences: readonly string[];
    /** Undefined: all. */
    sources?: readonly string[] | undefined;
    limit: number;
  }): Promise<readonly RankedChunk[]>;
  /** The search texts of at most `limit` chunks, for counting how common each term is. */
  sampleSearchTexts(limit: number): Promise<readonly string[]>;
  count(): Promise<number>;
  /**
   * Lets searches read what was written since `open`. Only needed after a change of the index's own version, when
   * searches go on reading the older index until every source has been written anew; else it does nothing.
   */
  publish(): Promise<void>;
  close(): Promise<void>;
}

/** As the model's server counts them. */
export interface TokenUsage {
  prompt: number;
  answer: number;
}

/** A streaming chat model. Throws `ModelUnavailableError` when it cannot be reached or breaks off. */
export interface ChatModel {
  name: string;
  stream(prompt: {
    system: string;
    user: string;
    signal?: AbortSignal;
    /** Told once, at the end, where the server counts. */
    onUsage?: (usage: TokenUsage) => void;
  }): AsyncIterable<string>;
  isReachable(): Promise<boolean>;
}

/** A page as it is indexed. */
export interface SourceDocument {
  path: string;
  /** Markdown or plain text, without secrets. */
  content: string;
  format: "markdown" | "text";
  updatedAt: Date;
  url: string;
}

export class SearchUnavailableError extends Error {
  override name = "SearchUnavailableError";
}
export class ModelUnavailableError extends Error {
  override name = "ModelUnavailableError";
}
