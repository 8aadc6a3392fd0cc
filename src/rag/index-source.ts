import type { Logger } from "pino";
import type { Store } from "../store/database.ts";
import { documentId, contentHash, indexDocument, type IndexedDocument } from "./indexed-document.ts";
import {
  DocumentUnreadableError,
  type DocumentSource,
  type SkipReason,
  type SourceDocument,
  type VectorIndex,
} from "./ports.ts";
import { withSourceLock } from "./source-lock.ts";

/** A write is flushed once, so it should be large; an aborted sync loses at most this much work. */
const CHUNKS_PER_WRITE = 1_000;

export interface SyncReport {
  source: string;
  /** Pages written because they were new or had changed. */
  written: number;
  unchanged: number;
  deleted: number;
  skipped: readonly { path: string; reason: SkipReason }[];
  tookMs: number;
}

export interface SyncProgress {
  /** Pages looked at so far, of `total`. */
  done: number;
  total: number;
}

/**
 * Makes index and `documents` rows equal to the source: what is indexed is read before the crawl, changed pages are
 * written, and what is gone is deleted. Nothing is written for a page that did not change. A source that cannot be
 * listed throws and deletes nothing. One sync of a source runs at a time, over all processes.
 */
export function indexSource(
  deps: { store: Store; index: VectorIndex; logger: Logger; now: () => Date },
  source: DocumentSource,
  options: { onProgress?: (progress: SyncProgress) => void; signal?: AbortSignal } = {},
): Promise<SyncReport> {
  return withSourceLock(deps.store, source.name, options.signal, () => sync(deps, source, options));
}

async function sync(
  { store, index, logger, now }: { store: Store; index: VectorIndex; logger: Logger; now: () => Date },
  source: DocumentSource,
  options: { onProgress?: (progress: SyncProgress) => void; signal?: AbortSignal },
): Promise<SyncReport> {
  const startedMs = now().getTime();
  const audience = source.audience ?? "public";
  const indexed = await index.listDocuments(source.name);
  const rows = await store
    .selectFrom("documents")
    .select(["id", "path", "content_hash"])
    .where("source", "=", source.name)
    .execute();
  const rowHashes = new Map(rows.map((row) => [row.id, row.content_hash]));
  const rowPaths = new Map(rows.map((row) => [row.id, row.path]));
  const { documents, skipped: left } = await source.list();
  const skipped = [...left];
  const seen = new Set<string>();
  let written = 0;
  let unchanged = 0;
  let waiting: { document: SourceDocument; page: IndexedDocument }[] = [];

  const write = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    const changed = batch.filter(({ page }) => indexed.get(page.id) !== page.contentHash);
    if (changed.length > 0) await index.upsert(changed.flatMap(({ page }) => page.chunks));
    await keepRows(store, source.name, batch, now());
    written += changed.length;
  };

  for (const [position, { path }] of documents.entries()) {
    options.signal?.throwIfAborted();
    const document = await readDocument(source, path);
    if ("reason" in document) {
      skipped.push(document);
    } else {
      const id = documentId(source.name, path);
      const hash = contentHash(document, audience);
      seen.add(id);
      if (indexed.get(id) === hash) unchanged += 1;
      if (indexed.get(id) !== hash || rowHashes.get(id) !== hash)
        waiting.push({ document, page: indexDocument(source.name, audience, document) });
      if (waiting.reduce((sum, { page }) => sum + page.chunks.length, 0) >= CHUNKS_PER_WRITE) await write();
    }
    options.onProgress?.({ done: position + 1, total: documents.length });
  }
  await write();

  const unseen = skipped.filter(({ reason }) => reason === "unreadable").map(({ path }) => path);
  const isUnseen = (id: string): boolean => {
    const path = rowPaths.get(id);
    return (
      path !== undefined &&
      unseen.some((hidden) => (hidden.endsWith("/") ? path.startsWith(hidden) : path === hidden))
    );
  };
  const gone = [...new Set([...indexed.keys(), ...rowHashes.keys()])].filter(
    (id) => !seen.has(id) && !isUnseen(id),
  );
  if (gone.length > 0) {
    await index.deleteDocuments(gone.filter((id) => indexed.has(id)));
    await store.deleteFrom("documents").where("id", "in", gone).execute();
  }
  const report = {
    source: source.name,
    written,
    unchanged,
    deleted: gone.length,
    skipped,
    tookMs: now().getTime() - startedMs,
  };
  logger.info({ ...report, skipped: skipped.length }, "synced a source");
  return report;
}

async function readDocument(
  source: DocumentSource,
  path: string,
): Promise<SourceDocument | { path: string; reason: SkipReason }> {
  try {
    return await source.read(path);
  } catch (error) {
    // Gone or changed between listing and reading: the next sync sees it as it then is.
    return { path, reason: error instanceof DocumentUnreadableError ? error.reason : "unreadable" };
  }
}

async function keepRows(
  store: Store,
  source: string,
  batch: readonly { document: SourceDocument; page: IndexedDocument }[],
  indexedAt: Date,
): Promise<void> {
  await store
    .insertInto("documents")
    .values(
      batch.map(({ document, page }) => ({
        id: page.id,
        source,
        path: document.path,
        title: page.title,
        content_hash: page.contentHash,
        chunk_count: page.chunks.length,
        updated_at: document.updatedAt,
        indexed_at: indexedAt,
      })),
    )
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((row) => ({
        path: row.ref("excluded.path"),
        title: row.ref("excluded.title"),
        content_hash: row.ref("excluded.content_hash"),
        chunk_count: row.ref("excluded.chunk_count"),
        updated_at: row.ref("excluded.updated_at"),
        indexed_at: row.ref("excluded.indexed_at"),
      })),
    )
    .execute();
}
