import { rm } from "node:fs/promises";
import { join } from "node:path";
import { startEmbeddedPostgres } from "#src/store/embedded-postgres.ts";
import { openStore } from "#src/store/open-store.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

/** Where the tests of one run find the server that they share; not set: each starts its own. */
export const SHARED_POSTGRES = "JIBSA_TEST_POSTGRES_URL";

/** Bots that are killed leave their connections for a while. What is written outlives them, not a loss of power. */
const SETTINGS = ["max_connections=500", "fsync=off"];

/**
 * Vitest's global set-up: one server for all files of a run, because making one costs more than most tests. Its own
 * database is migrated, and is the template of theirs.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await makeTemporaryFolder("shared-postgres");
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, "postgres"),
    settings: SETTINGS,
  });
  const template = await openStore({ connectionString: server.connectionString });
  await template.close();
  process.env[SHARED_POSTGRES] = server.connectionString;
  return async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
}
