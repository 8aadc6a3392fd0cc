import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Client, escapeIdentifier } from "pg";
import { startEmbeddedPostgres } from "#src/store/embedded-postgres.ts";
import { openStore, type OpenStore } from "#src/store/open-store.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

export interface TestPostgres {
  /** A migrated database of its own. */
  createDatabase(): Promise<OpenStore & { connectionString: string }>;
  close(): Promise<void>;
}

/** One real server in a temporary folder; `close` leaves neither process nor file. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = await makeTemporaryFolder("postgres");
  const server = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
  const opened: OpenStore[] = [];
  return {
    async createDatabase() {
      const name = `test_${randomBytes(6).toString("hex")}`;
      const admin = new Client({ connectionString: server.connectionString });
      await admin.connect();
      await admin.query(`create database ${escapeIdentifier(name)}`);
      await admin.end();
      const url = new URL(server.connectionString);
      url.pathname = `/${name}`;
      const open = await openStore({ connectionString: url.href });
      opened.push(open);
      return { ...open, connectionString: url.href };
    },
    async close() {
      await Promise.all(opened.map((open) => open.close()));
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
