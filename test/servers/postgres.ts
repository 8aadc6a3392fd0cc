import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Client, escapeIdentifier } from "pg";
import { startEmbeddedPostgres } from "#src/store/embedded-postgres.ts";
import { openStore, type OpenStore } from "#src/store/open-store.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { SHARED_POSTGRES } from "./shared-postgres.ts";

export interface TestPostgres {
  /** A migrated database of its own. */
  createDatabase(): Promise<OpenStore & { connectionString: string }>;
  close(): Promise<void>;
}

/** A real server: the one of this run, or one in a temporary folder. `close` leaves neither database nor process nor file. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const shared = process.env[SHARED_POSTGRES];
  if (shared !== undefined) return databasesOf(shared, async () => {});
  const folder = await makeTemporaryFolder("postgres");
  const server = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
  return databasesOf(server.connectionString, async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
}

function databasesOf(connectionString: string, stop: () => Promise<void>): TestPostgres {
  const opened = new Map<string, OpenStore>();
  const template = new URL(connectionString).pathname.slice(1);
  const asAdmin = async (statements: readonly string[]): Promise<void> => {
    const url = new URL(connectionString);
    // Nobody may be connected to what is copied.
    url.pathname = "/postgres";
    const admin = new Client({ connectionString: url.href });
    await admin.connect();
    try {
      for (const statement of statements) await admin.query(statement);
    } finally {
      await admin.end();
    }
  };
  return {
    async createDatabase() {
      const name = `test_${randomBytes(6).toString("hex")}`;
      await asAdmin([`create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)}`]);
      const url = new URL(connectionString);
      url.pathname = `/${name}`;
      const open = await openStore({ connectionString: url.href });
      opened.set(name, open);
      return { ...open, connectionString: url.href };
    },
    async close() {
      await Promise.all([...opened.values()].map((open) => open.close()));
      await asAdmin(
        [...opened.keys()].map((name) => `drop database if exists ${escapeIdentifier(name)} with (force)`),
      );
      await stop();
    },
  };
}
