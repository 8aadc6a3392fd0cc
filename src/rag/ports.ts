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
  passages: readonly {
    source: SourceRef;
    score: number;
    /** It did not fit into what the model reads. */
    isLeftOut?: boolean;
  }[];
  tookMs: number;
  /**
   * Whether nearness in meaning was looked at as well: "pending" where no chunk has its vector yet, else why the question had
   * none. Absent: there is no embedder.
   */
  vectors?: "used" | "pending" | "away" | "late" | "resting";
  /** Whether a reranker gave the order: "away" where it failed or was late, "resting" where it is left alone. Absent: there is none. */
  reranked?: "used" | "away" | "resting";
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
  /** Of unit length, in the index's vector space. Absent: found by its words alone until it is known. */
  vector?: Float32Array;
}

export interface RankedChunk {
  chunk: IndexedChunk;
  /** 1 for the best. Scores differ between Milvus Lite and Milvus, ranks do not. */
  rank: number;
}

/** What vectors of an index are comparable in. */
export interface VectorSpace {
  model: string;
  dimension: number;
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
  /**
   * From now on chunks have vectors of this space. One that the index does not have yet is written beside what is read,
   * like a new version. Without a call: by words alone.
   */
  useVectors(space: VectorSpace): Promise<void>;
  /** At most `limit` chunks of a source whose vector is not known yet. */
  listWithoutVectors(source: string, limit: number): Promise<readonly IndexedChunk[]>;
  /** How many chunks of a source that these readers may read wait for their vector. */
  countWithoutVectors(source: string, audiences: readonly string[]): Promise<number>;
  /** Writes the vectors of those chunks that are still there as they are given. */
  addVectors(chunks: readonly IndexedChunk[]): Promise<void>;
  /**
   * Best first. No audiences, or neither words nor a vector: nothing. With a vector of the index's space the chunks found
   * by words and the nearest ones are merged by reciprocal rank, and each has its vector if there is one.
   */
  search(query: {
    searchText: string;
    vector?: Float32Array | undefined;
    audiences: readonly string[];
    /** Undefined: all. */
    sources?: readonly string[] | undefined;
    limit: number;
  }): Promise<readonly RankedChunk[]>;
  /** The search texts of at most `limit` chunks, for counting how common each term is. */
  sampleSearchTexts(limit: number): Promise<readonly string[]>;
  count(): Promise<number>;
  /**
   * Lets searches read what was written since `open`. Only needed after a change of version or vector space, when searches
   * go on reading the older index, in which changed and deleted documents are kept up to date as well; else it does
   * nothing. "incomplete": the new index has not as many chunks as expected, and the older one goes on.
   */
  publish(expected: { chunks: number }): Promise<"published" | "incomplete">;
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
  /** Tokens of prompt and answer together; absent, or undefined: as DEFAULT_CONTEXT_TOKENS. */
  contextTokens?(): Promise<number | undefined>;
}

/** Ollama's own default is less than eight passages need. */
export const DEFAULT_CONTEXT_TOKENS = 16_384;
/** Of one answer. */
export const ANSWER_TOKENS = 1_024;

/** A page as it is indexed. */
export interface SourceDocument {
  path: string;
  /** Markdown or plain text, without secrets. */
  content: string;
  format: "markdown" | "text";
  updatedAt: Date;
  url: string;
}

/** Turns texts into vectors. Throws `EmbedderUnavailableError` when it cannot be reached, refuses, or answers nonsense. */
export interface Embedder {
  /** The model and what else shapes its vectors; those of different names are never compared. */
  name: string;
  /** Asked of the model by one call, then remembered. */
  dimension(signal?: AbortSignal): Promise<number>;
  /** In the order of the texts, of unit length. What is longer than the model takes is embedded in parts, not cut. */
  embed(
    texts: readonly string[],
    options: { as: "passage" | "question"; signal?: AbortSignal | undefined },
  ): Promise<readonly Float32Array[]>;
  isReachable(): Promise<boolean>;
}

/** Says how well each text answers a question. Throws `RerankerUnavailableError`, also when it is late. */
export interface Reranker {
  name: string;
  /** One number for each text, in their order; more is better, and nothing else is known of it. */
  score(question: string, texts: readonly string[], signal?: AbortSignal): Promise<readonly number[]>;
  isReachable(): Promise<boolean>;
}

export class SearchUnavailableError extends Error {
  override name = "SearchUnavailableError";
}
export class ModelUnavailableError extends Error {
  override name = "ModelUnavailableError";
}
export class EmbedderUnavailableError extends Error {
  override name = "EmbedderUnavailableError";
}
export class RerankerUnavailableError extends Error {
  override name = "RerankerUnavailableError";
}
