import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Store } from "../store/database.ts";
import { startEmbeddedPostgres } from "../store/embedded-postgres.ts";
import { openStore } from "../store/open-store.ts";
import { lockDataDir } from "./lock-data-dir.ts";
import type { RunningUp } from "./running-file.ts";

/** The rows of a running `up` on the same data folder, else of a server started for this command alone. */
export async function withStore(
  config: Config,
  running: RunningUp | undefined,
  use: (store: Store) => Promise<number>,
): Promise<number> {
  const closers: (() => Promise<void> | void)[] = [];
  try {
    let connectionString = config.postgresUrl ?? running?.postgresUrl;
    if (connectionString === undefined) {
      closers.push(lockDataDir(config.dataDir));
      const postgres = await startEmbeddedPostgres({ dataDir: join(config.dataDir, "postgres") });
      closers.push(() => postgres.close());
      connectionString = postgres.connectionString;
    }
    const database = await openStore({ connectionString });
    closers.push(() => database.close());
    return await use(database.store);
  } finally {
    for (const closer of closers.toReversed()) await closer();
  }
}
