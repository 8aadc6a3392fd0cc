import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import type { Database, Store } from "./database.ts";
import { migrate } from "./migrate.ts";
import { SteadyClient } from "./steady-client.ts";

export interface OpenStore {
  store: Store;
  pool: Pool;
  close(): Promise<void>;
}

/**
 * Connects and brings the schema up to date. Throws when the server cannot be reached within 5 s.
 * A connection that breaks while idle is reported to `onIdleError`; the pool opens another.
 */
export async function openStore(options: {
  connectionString: string;
  /** Default 10. */
  maxConnections?: number;
  onIdleError?: (error: Error) => void;
}): Promise<OpenStore> {
  const pool = new Pool({
    connectionString: options.connectionString,
    Client: SteadyClient,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
  });
  pool.on("error", (error) => options.onIdleError?.(error));
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const store = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const close = async (): Promise<void> => {
    await store.destroy();
    // Kysely leaves a pool that it was never asked to use.
    if (!pool.ending) await pool.end();
  };
  return { store, pool, close };
}
