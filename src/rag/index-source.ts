import type { Logger } from "pino";
import type { Store } from "../store/database.ts";
import { forgetUnusedAudiences, keepAudiences } from "./audience-rows.ts";
import {
  countKnownChunks,
  keepDocumentRows,
  keepMarks,
  readDocumentRows,
  storedMarks,
  type KnownDocument,
  type ReadyDocument,
} from "./document-rows.ts";
import type { DocumentConverter } from "./document-converter.ts";
import type { DocumentSource, SkippedDocument } from "./document-source.ts";
import { openFailedDocuments } from "./failed-documents.ts";
import { contentHash, documentId, indexDocument } from "./indexed-document.ts";
import { createTermLearner } from "./learn-terms.ts";
import type { VectorIndex } from "./ports.ts";
import { readDocument } from "./read-document.ts";
import { audienceOf } from "./readers.ts";
import { restrictDocuments } from "./restrict-documents.ts";
import { withSourceLock } from "./source-lock.ts";
import { keepSourceState } from "./source-state.ts";

/** A write is flushed once, so it should be large. */
const CHUNKS_PER_WRITE = 1_000;
/** What was read is searchable so long after: a slow source must not hold back what it gave. */
const WRITE_AFTER_MS = 1_000;

export interface SyncReport {
  source: string;
  /** Pages written because they were new or had changed. */
  written: number;
  unchanged: number;
  deleted: number;
  skipped: readonly SkippedDocument[];
  /** Of what was skipped, how much has which audience. */
  skippedOf: Readonly<Record<string, number>>;
  tookMs: number;
}

export interface SyncProgress {
  /** Pages looked at so far, of `total`. */
  done: number;
  total: number;
  written: number;
}

interface SyncDeps {
  store: Store;
  index: VectorIndex;
  /** Undefined: what is no text is left out. */
  converter?: DocumentConverter | undefined;
  logger: Logger;
  now: () => Date;
}
interface SyncOptions {
  onProgress?: (progress: SyncProgress) => void;
  signal?: AbortSignal;
}

/**
 * Makes index and `documents` rows equal to the source: what is indexed is read before the crawl, changed pages are
 * written, and what is gone is deleted; what got other readers is taken away before anything is read. A page whose mark is known is not read, one that did not change is not written; so a
 * sync that was killed goes on where it was. A source that cannot be listed throws and deletes nothing. One sync of a source
 * runs at a time, over all processes.
 */
export function indexSource(
  deps: SyncDeps,
  source: DocumentSource,
  options: SyncOptions = {},
): Promise<SyncReport> {
  return withSourceLock(deps.store, source.name, options.signal, () =>
    keepSourceState(deps, source, (tell, isTrusted) =>
      sync(deps, source, isTrusted, {
        ...options,
        onProgress(progress) {
          tell(progress);
          options.onProgress?.(progress);
        },
      }),
    ),
  );
}

async function sync(
  { store, index, converter, logger, now }: SyncDeps,
  source: DocumentSource,
  isTrusted: boolean,
  { onProgress, signal }: SyncOptions,
): Promise<SyncReport & { isCompared: boolean }> {
  const startedMs = now().getTime();
  const rows = await readDocumentRows(store, source.name);
  const agreed = isTrusted ? await agreedDocuments(store, index, rows) : undefined;
  const indexed = new Map(agreed ?? (await index.listDocuments(source.name)));
  const { documents, skipped: left } = await source.list(signal);
  const skipped = [...left];
  const storedMark = storedMarks(source.settings);
  const own = source.readers ?? "public";
  const idsByPath = new Map([...rows].map(([id, { path }]) => [path, id]));
  const idOf = (path: string): string => idsByPath.get(path) ?? documentId(source.name, path);
  const listedAudiences = documents.map(({ readers = own }) => audienceOf(readers));
  await keepAudiences(store, listedAudiences);
  const audiences = new Map(
    documents.map(({ path }, position) => [idOf(path), listedAudiences[position]?.id ?? ""]),
  );
  for (const id of await restrictDocuments({ store, index }, { audiences, rows, indexed })) {
    indexed.delete(id);
    rows.delete(id);
  }
  const failed = await openFailedDocuments(store, source.name, now());
  const seen = new Set<string>();
  const learner = createTermLearner(source.name);
  let written = 0;
  let unchanged = 0;
  let waiting: ReadyDocument[] = [];
  let marks: { id: string; mark: string }[] = [];
  let waitingChunks = 0;
  let waitingSinceMs = 0;

  const write = async (): Promise<void> => {
    const batch = waiting;
    const unchangedMarks = marks;
    waiting = [];
    marks = [];
    waitingChunks = 0;
    await keepMarks(store, unchangedMarks);
    if (batch.length === 0) return;
    const changed = batch.filter(({ page }) => indexed.get(page.id) !== page.contentHash);
    if (changed.length > 0) await index.upsert(changed.flatMap(({ page }) => page.chunks));
    await keepDocumentRows(store, source.name, batch, now());
    learner.see(changed);
    written += changed.length;
  };

  for (const [position, listed] of documents.entries()) {
    signal?.throwIfAborted();
    const id = idOf(listed.path);
    const audience = audiences.get(id) ?? "";
    const mark = storedMark(listed.mark, audience);
    const row = rows.get(id);
    const failure = failed.find(listed.path, mark);
    if (failure !== undefined) {
      skipped.push({ ...failure, ...(listed.readers !== undefined && { readers: listed.readers }) });
    } else if (mark !== undefined && row?.mark === mark && indexed.get(id) === row.contentHash) {
      seen.add(id);
      unchanged += 1;
    } else {
      const reading = readDocument(source, converter, listed.path, signal);
      // Awaited below; until then a failure must not count as nobody's.
      reading.catch(() => undefined);
      if (waiting.length > 0 && !(await endsBefore(reading, waitingSinceMs + WRITE_AFTER_MS))) await write();
      const document = await reading;
      if ("reason" in document) {
        skipped.push({ ...document, ...(listed.readers !== undefined && { readers: listed.readers }) });
        failed.add(document, mark);
      } else {
        const hash = contentHash(document, audience);
        seen.add(id);
        if (indexed.get(id) === hash) unchanged += 1;
        if (indexed.get(id) === hash && row?.contentHash === hash) {
          if (mark !== undefined) marks.push({ id, mark });
        } else {
          const page = indexDocument(source.name, audience, document);
          if (waiting.length === 0) waitingSinceMs = performance.now();
          waiting.push({ document, page, audience, mark });
          if (indexed.get(id) !== hash) waitingChunks += page.chunks.length;
        }
        if (waitingChunks >= CHUNKS_PER_WRITE) await write();
      }
    }
    onProgress?.({ done: position + 1, total: documents.length, written });
  }
  await write();
  await learner.keep(store);

  const gone = [...new Set([...indexed.keys(), ...rows.keys()])].filter(
    (id) => !seen.has(id) && !isOnlyHidden(rows.get(id)?.path, skipped),
  );
  if (gone.length > 0) {
    await index.deleteDocuments(gone);
    await store.deleteFrom("documents").where("id", "in", gone).execute();
  }
  const skippedAudiences = skipped.map(({ readers = own }) => audienceOf(readers));
  await keepAudiences(store, skippedAudiences);
  await forgetUnusedAudiences(store);
  await failed.keep();
  const report = {
    source: source.name,
    written,
    unchanged,
    deleted: gone.length,
    skipped,
    skippedOf: countEach(skippedAudiences.map(({ id }) => id)),
    tookMs: now().getTime() - startedMs,
  };
  logger.info({ ...report, skipped: skipped.length }, "synced a source");
  return { ...report, isCompared: agreed === undefined };
}

/**
 * What is indexed, by the rows alone, if the index has as many chunks as the rows of all sources say; else undefined. A row
 * is written after its chunks and deleted after them, so what a crash leaves behind shows in the count, or in a sync that did
 * not end well. Counting everything takes milliseconds; counting or listing a part of it does not.
 */
async function agreedDocuments(
  store: Store,
  index: VectorIndex,
  rows: ReadonlyMap<string, KnownDocument>,
): Promise<ReadonlyMap<string, string> | undefined> {
  if ((await index.count()) !== (await countKnownChunks(store))) return undefined;
  return new Map([...rows].map(([id, { contentHash: hash }]) => [id, hash]));
}

/** Whether it may still be there: what could not be looked at this time is not gone. */
function isOnlyHidden(path: string | undefined, skipped: readonly SkippedDocument[]): boolean {
  if (path === undefined) return false;
  return skipped.some(
    ({ path: hidden, reason }) =>
      reason === "unreadable" && (hidden.endsWith("/") ? path.startsWith(hidden) : path === hidden),
  );
}

function countEach(ids: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

async function endsBefore(work: Promise<unknown>, atMs: number): Promise<boolean> {
  const restMs = atMs - performance.now();
  if (restMs <= 0) return false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), restMs);
  });
  const done = work.then(
    () => true as const,
    () => true as const,
  );
  const ended = await Promise.race([done, late]);
  clearTimeout(timer);
  return ended;
}
