import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Pool } from "pg";

const MIGRATIONS_FOLDER = new URL("./migrations/", import.meta.url);
/** Any fixed number: one holder at a time among all replicas. */
const ADVISORY_LOCK = 7_220_001;

/** A migration that was applied differs from the file of that name, or the database is newer than this program. */
export class MigrationMismatchError extends Error {
  override name = "MigrationMismatchError";
}

/** Applies the numbered SQL files that are missing, in order, each in a transaction. Returns the names it applied. */
export async function migrate(pool: Pool): Promise<readonly string[]> {
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((name) => name.endsWith(".sql")).sort();
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [ADVISORY_LOCK]);
    await client.query(
      "create table if not exists migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      "select name, checksum from migrations",
    );
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    for (const name of applied.keys()) {
      if (!files.includes(name)) {
        throw new MigrationMismatchError(
          `the database holds migration ${name}, which this version does not know: use a newer version`,
        );
      }
    }
    const done: string[] = [];
    for (const name of files) {
      const sql = await readFile(new URL(name, MIGRATIONS_FOLDER), "utf8");
      const checksum = createHash("sha256").update(sql).digest("hex");
      const known = applied.get(name);
      if (known === checksum) continue;
      if (known !== undefined)
        throw new MigrationMismatchError(
          `migration ${name} was changed after it was applied: restore the file`,
        );
      try {
        await client.query("begin");
        await client.query(sql);
        await client.query("insert into migrations (name, checksum) values ($1, $2)", [name, checksum]);
        await client.query("commit");
      } catch (error) {
        await client.query("rollback");
        throw error;
      }
      done.push(name);
    }
    return done;
  } finally {
    await client.query("select pg_advisory_unlock($1)", [ADVISORY_LOCK]).finally(() => client.release());
  }
}
