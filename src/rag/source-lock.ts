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
  const key = `jibsa:index-source:${source}`;
  return store.connection().execute(async (connection) => {
    for (;;) {
      signal?.throwIfAborted();
      const { rows } = await sql<{
        held: boolean;
      }>`select pg_try_advisory_lock(hashtextextended(${key}, 0)) as held`.execute(connection);
      if (rows[0]?.held === true) break;
      await sleep(POLL_MS, undefined, { signal });
    }
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(hashtextextended(${key}, 0))`.execute(connection);
    }
  });
}
