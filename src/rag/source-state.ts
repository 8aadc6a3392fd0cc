import type { Updateable } from "kysely";
import type { Logger } from "pino";
import { z } from "zod";
import type { Database, Store } from "../store/database.ts";
import type { SkippedDocument } from "./document-source.ts";
import type { SyncReport } from "./index-source.ts";
import { audienceOf, type Readers } from "./readers.ts";
import { redactSecrets } from "./redact-secrets.ts";

const HEARTBEAT_MS = 1_000;
/** A sync that has not been heard of for so long was killed. */
const DEAD_AFTER_MS = 30_000;
/** So long the rows are believed to tell what is indexed, as long as every sync ended well and the counts agree. */
const COMPARED_EVERY_MS = 86_400_000;
const MAX_PATHS = 200;
const MAX_ERROR_CHARACTERS = 500;

const pathsSchema = z.array(z.object({ path: z.string(), reason: z.string() }));

/** How a source's latest sync went, or goes. */
export interface SourceState {
  source: string;
  /** "interrupted": its process died; the next sync goes on where it was. */
  state: "never" | "running" | "interrupted" | "done" | "failed";
  startedAt?: Date;
  /** When a sync last came to its end. */
  endedAt?: Date;
  /** Documents looked at, of so many listed. */
  done: number;
  total: number;
  written: number;
  deleted: number;
  /** Indexed now. */
  pages: number;
  leftOut: number;
  /** Chunks that are found by their words alone until their vector is there; absent: there is no embedder, or the index is away. */
  withoutVectors?: number;
  /** The first of what was left out. */
  leftOutPaths: readonly { path: string; reason: string }[];
  error?: string;
  /** Others may read more of it: only `pages`, `leftOut` and the paths are told, of what may be read. */
  isPartial?: true;
}

interface Progress {
  done: number;
  total: number;
  written: number;
}

/** Runs a sync and keeps how it goes in the source's row, so that others can look. */
export async function keepSourceState(
  { store, logger, now }: { store: Store; logger: Logger; now: () => Date },
  { name: source, readers = "public" }: { name: string; readers?: Readers },
  sync: (
    tell: (progress: Progress) => void,
    /** Whether the latest sync ended well, and the index was compared lately. */
    isTrusted: boolean,
  ) => Promise<SyncReport & { isCompared: boolean }>,
): Promise<SyncReport> {
  const latestSync = await store
    .selectFrom("source_syncs")
    .select(["state", "compared_at"])
    .where("source", "=", source)
    .executeTakeFirst();
  const comparedMs = latestSync?.compared_at?.getTime() ?? 0;
  const isTrusted =
    latestSync?.state === "done" && Math.abs(now().getTime() - comparedMs) < COMPARED_EVERY_MS;
  const started = {
    state: "running" as const,
    started_at: now(),
    seen_at: now(),
    done: 0,
    total: 0,
    written: 0,
    error: null,
  };
  await store
    .insertInto("source_syncs")
    .values({ source, ...started })
    .onConflict((conflict) => conflict.column("source").doUpdateSet(started))
    .execute();
  const write = (values: Updateable<Database["source_syncs"]>): Promise<unknown> =>
    store.updateTable("source_syncs").set(values).where("source", "=", source).execute();
  let latest: Progress | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    writing = writing
      .then(() => write({ ...latest, seen_at: now() }))
      .catch((error: unknown) => logger.warn({ err: error, source }, "a sync's progress was not kept"));
  }, HEARTBEAT_MS);
  timer.unref();
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await writing;
  };
  try {
    const { isCompared, ...report } = await sync((progress) => {
      latest = progress;
    }, isTrusted);
    await stop();
    await write({
      ...latest,
      state: "done",
      ...(isCompared && { compared_at: now() }),
      ended_at: now(),
      seen_at: now(),
      written: report.written,
      unchanged: report.unchanged,
      deleted: report.deleted,
      left_out: report.skipped.length,
      left_out_of: JSON.stringify(report.skippedOf),
      left_out_paths: JSON.stringify(shortList(report.skipped, readers)),
    });
    return report;
  } catch (error) {
    await stop();
    const message = error instanceof Error ? error.message : String(error);
    await write({
      ...latest,
      state: "failed",
      ended_at: now(),
      seen_at: now(),
      error: redactSecrets(message).slice(0, MAX_ERROR_CHARACTERS),
    }).catch((failure: unknown) => logger.warn({ err: failure, source }, "a failed sync was not kept"));
    throw error;
  }
}

function shortList(skipped: readonly SkippedDocument[], own: Readers) {
  return skipped.slice(0, MAX_PATHS).map(({ path, reason, readers = own }) => ({
    path: redactSecrets(path).slice(0, 300),
    reason,
    audience: audienceOf(readers).id,
  }));
}

/** In the order of the names; of a source that was never synced too. */
export async function readSourceStates(
  store: Store,
  names: readonly string[],
  now: Date,
): Promise<readonly SourceState[]> {
  const rows =
    names.length === 0
      ? []
      : await store
          .selectFrom("source_syncs")
          .selectAll()
          .where("source", "in", [...names])
          .execute();
  const counts =
    names.length === 0
      ? []
      : await store
          .selectFrom("documents")
          .select(({ fn }) => ["source", fn.countAll<string>().as("pages")])
          .where("source", "in", [...names])
          .groupBy("source")
          .execute();
  const pagesOf = new Map(counts.map(({ source, pages }) => [source, Number(pages)]));
  const byName = new Map(rows.map((row) => [row.source, row]));
  return names.map((source): SourceState => {
    const row = byName.get(source);
    const pages = pagesOf.get(source) ?? 0;
    if (row === undefined)
      return {
        source,
        state: "never",
        pages,
        done: 0,
        total: 0,
        written: 0,
        deleted: 0,
        leftOut: 0,
        leftOutPaths: [],
      };
    const isDead = row.state === "running" && now.getTime() - row.seen_at.getTime() > DEAD_AFTER_MS;
    return {
      source,
      state: isDead ? "interrupted" : row.state,
      pages,
      startedAt: row.started_at,
      ...(row.ended_at !== null && { endedAt: row.ended_at }),
      done: row.done,
      total: row.total,
      written: row.written,
      deleted: row.deleted,
      leftOut: row.left_out,
      leftOutPaths: pathsSchema.parse(row.left_out_paths),
      ...(row.error !== null && { error: row.error }),
    };
  });
}

/** Those whose time has come: `everyMs` after the start of their latest sync, or never synced. */
export async function dueSources(
  store: Store,
  sources: readonly { name: string; everyMs?: number }[],
  now: Date,
): Promise<readonly string[]> {
  const timed = sources.filter(({ everyMs }) => everyMs !== undefined);
  const states = await readSourceStates(
    store,
    timed.map(({ name }) => name),
    now,
  );
  return timed
    .filter(({ everyMs = 0 }, position) => {
      const state = states[position];
      if (state?.startedAt === undefined) return true;
      return state.state !== "running" && state.startedAt.getTime() + everyMs <= now.getTime();
    })
    .map(({ name }) => name);
}
