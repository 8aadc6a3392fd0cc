import type { DocumentFormat } from "./page-format.ts";
import type { Readers } from "./readers.ts";

/** Why a document is not in the index, for those who look at a source's state. */
export type SkipReason =
  | "symbolic-link"
  | "too-large"
  | "binary"
  | "not-a-text-format"
  /** Its content is kept outside of the repository. */
  | "git-lfs"
  /** Protected by a password. */
  | "encrypted"
  /** Not what its name says, or damaged. */
  | "broken"
  /** Too many pages, too deep, or it unpacks to too much. */
  | "too-complex"
  /** Nothing to read in it, such as a scan. */
  | "no-text"
  /** It took more than the memory or the time of one document. */
  | "out-of-memory"
  | "out-of-time"
  /** A website does not give it, or asks not to be read there. */
  | "forbidden"
  | "not-found"
  | "robots"
  /** It is at, or redirects to, an address that must not be reached. */
  | "forbidden-address"
  /** A key, token or password stands in its path, and so would in every link to it. */
  | "secret-in-name"
  /** More pages than are read of one source. */
  | "too-many"
  /** It is there and could not be read this time: what was indexed of it stays. */
  | "unreadable";

export interface SkippedDocument {
  /** With a slash at its end: everything below it. */
  path: string;
  reason: SkipReason;
  /** Who may know of it. Absent: as the source says. */
  readers?: Readers;
}

export interface ListedDocument {
  /** Its stable id: the same document has the same path in the next listing. */
  path: string;
  /** Another one whenever the document is another one; undefined where that is not certain, then it is read. */
  mark?: string;
  /** Absent: as the source says. Others than at the last sync, and the document is written anew. */
  readers?: Readers;
}

export interface SourceListing {
  /** Each path once. */
  documents: readonly ListedDocument[];
  skipped: readonly SkippedDocument[];
}

/** A document as it lies in its source. */
export interface FetchedDocument {
  path: string;
  bytes: Buffer;
  format: DocumentFormat;
  updatedAt: Date;
  /** Where people open it. */
  url: string;
}

/** Where documents come from. What a sync has written is its resume point: a document with a known mark is not read again. */
export interface DocumentSource {
  /** [A-Za-z0-9_-], at most 64 characters. */
  name: string;
  /** Who may read its documents, where a document does not say so itself; undefined means "public". */
  readers?: Readers;
  /** What else decides what is stored of a document, such as the base of its address: another text, and all are read again. */
  settings: string;
  /** How often it is synced without being asked; undefined: never. */
  everyMs?: number;
  /** Throws when the source cannot be listed as a whole: nothing is then taken for gone. */
  list(signal?: AbortSignal): Promise<SourceListing>;
  /** Throws DocumentUnreadableError when it cannot be indexed as it is now, any other error when it is gone. */
  read(path: string, signal?: AbortSignal): Promise<FetchedDocument>;
  /** Calls back, debounced, after something changed. Returns how to stop. Absent: the source does not tell. */
  watch?(onChange: () => void): Promise<() => Promise<void>>;
}

export class DocumentUnreadableError extends Error {
  override name = "DocumentUnreadableError";
  readonly reason: SkipReason;
  constructor(path: string, reason: SkipReason) {
    super(`${path} cannot be indexed: ${reason}`);
    this.reason = reason;
  }
}

export function checkSourceName(name: string): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
    throw new RangeError(`a source's name must be 1 to 64 of A-Z a-z 0-9 _ -: ${JSON.stringify(name)}`);
}
