import { sql } from "kysely";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../store/database.ts";

const POLL_MS = 200;

/**
 * Runs `work` while this process alone holds the source's lock. The lock is Postgres', on a connection of its own, so it
 * ends with the process that holds it. Waits for another holder until `signal` is aborted.
 */
export function withSourceLock<T>(
  store: Store,
  source: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  return store.connection().execute(async (connection) => {
    for (;;) {
      signal?.throwIfAborted();
      if (await tryLock(connection, source)) break;
      await sleep(POLL_MS, undefined, { signal });
    }
    return unlockAfter(connection, source, work);
  });
}

/** The same without waiting: "busy" where another holds the lock. */
export function withFreeSource<T>(store: Store, source: string, work: () => Promise<T>): Promise<T | "busy"> {
  return store
    .connection()
    .execute(async (connection) =>
      (await tryLock(connection, source)) ? unlockAfter(connection, source, work) : "busy",
    );
}

async function tryLock(connection: Store, source: string): Promise<boolean> {
  const { rows } = await sql<{
    held: boolean;
  }>`select pg_try_advisory_lock(hashtextextended(${keyOf(source)}, 0)) as held`.execute(connection);
  return rows[0]?.held === true;
}

async function unlockAfter<T>(connection: Store, source: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await sql`select pg_advisory_unlock(hashtextextended(${keyOf(source)}, 0))`.execute(connection);
  }
}

function keyOf(source: string): string {
  return `jibsa:index-source:${source}`;
}
