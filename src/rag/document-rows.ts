import { sql } from "kysely";
import { createHash, type Hash } from "node:crypto";
import type { Store } from "../store/database.ts";
import { contentHash, type IndexedDocument } from "./indexed-document.ts";
import type { SourceDocument } from "./ports.ts";
import { REDACTION_VERSION } from "./redact-secrets.ts";

export interface KnownDocument {
  path: string;
  contentHash: string;
  mark: string | null;
  audience: string;
}

/** A page that is about to be written. */
export interface ReadyDocument {
  document: SourceDocument;
  page: IndexedDocument;
  audience: string;
  mark: string | undefined;
}

/**
 * What a row remembers of a source's marks: each is another one also when its readers, the source's settings or our own ways of
 * reading, cutting and indexing have changed. Undefined where the source is not certain.
 */
export function storedMarks(
  settings: string,
): (mark: string | undefined, audience: string) => string | undefined {
  const nothing = { path: "", content: "", format: "text", url: "", updatedAt: new Date(0) } as const;
  const ways = new Map<string, Hash>();
  return (mark, audience) => {
    if (mark === undefined) return undefined;
    const way =
      ways.get(audience) ??
      createHash("sha256").update(
        JSON.stringify([REDACTION_VERSION, contentHash(nothing, audience), settings]),
      );
    ways.set(audience, way);
    return way.copy().update(mark).digest("hex");
  };
}

/** By document id. */
export async function readDocumentRows(store: Store, source: string): Promise<Map<string, KnownDocument>> {
  const rows = await store
    .selectFrom("documents")
    .select(["id", "path", "content_hash", "mark", "audience"])
    .where("source", "=", source)
    .execute();
  return new Map(
    rows.map(({ id, path, content_hash: hash, mark, audience }) => [
      id,
      { path, contentHash: hash, mark, audience },
    ]),
  );
}

/** Of all sources. */
export async function countKnownChunks(store: Store): Promise<number> {
  const row = await store
    .selectFrom("documents")
    .select(({ fn }) => fn.sum<string | null>("chunk_count").as("chunks"))
    .executeTakeFirstOrThrow();
  return Number(row.chunks ?? 0);
}

export async function keepDocumentRows(
  store: Store,
  source: string,
  batch: readonly ReadyDocument[],
  indexedAt: Date,
): Promise<void> {
  await store
    .insertInto("documents")
    .values(
      batch.map(({ document, page, audience, mark }) => ({
        id: page.id,
        source,
        path: document.path,
        title: page.title,
        content_hash: page.contentHash,
        chunk_count: page.chunks.length,
        updated_at: document.updatedAt,
        indexed_at: indexedAt,
        mark: mark ?? null,
        audience,
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
        mark: row.ref("excluded.mark"),
        audience: row.ref("excluded.audience"),
      })),
    )
    .execute();
}

/** Of documents whose text did not change, although the source could not be certain. */
export async function keepMarks(store: Store, marks: readonly { id: string; mark: string }[]): Promise<void> {
  if (marks.length === 0) return;
  const ids = marks.map(({ id }) => id);
  const texts = marks.map(({ mark }) => mark);
  await sql`update documents set mark = given.mark
    from unnest(${ids}::text[], ${texts}::text[]) as given (id, mark)
    where documents.id = given.id`.execute(store);
}
