import { createHash, randomBytes } from "node:crypto";
import { sql } from "kysely";
import { appendAudit } from "./audit.ts";
import type { Store } from "./database.ts";

const PREFIX = "jibsa-";
/** 256 bits: nothing that could be guessed, so a plain hash keeps it. */
const SECRET_BYTES = 32;
/** The last use is noted this often at most. */
const NOTE_USE_EVERY = "1 minute";

export interface ApiKey {
  id: string;
  /** Slack user id. */
  person: string;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | undefined;
  revokedAt: Date | undefined;
}

/** `by`: who made it, for the audit. The secret is given back this once. */
export async function createApiKey(
  store: Store,
  options: { person: string; name: string; by: string },
): Promise<{ id: string; secret: string }> {
  const secret = PREFIX + randomBytes(SECRET_BYTES).toString("base64url");
  const id = `k${randomBytes(5).toString("hex")}`;
  const { person, name, by } = options;
  await store.transaction().execute(async (transaction) => {
    await transaction
      .insertInto("api_keys")
      .values({ id, hash: hashOf(secret), person, name })
      .execute();
    await appendAudit(transaction, {
      actor: "system",
      event: "api-key-created",
      subject: `api-key:${id}`,
      detail: { person, name, by },
    });
  });
  return { id, secret };
}

/** Newest first, revoked ones too. */
export async function listApiKeys(store: Store): Promise<readonly ApiKey[]> {
  const rows = await store.selectFrom("api_keys").selectAll().orderBy("created_at", "desc").execute();
  return rows.map((row) => ({
    id: row.id,
    person: row.person,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  }));
}

export async function revokeApiKey(
  store: Store,
  options: { id: string; by: string },
): Promise<"revoked" | "already-revoked" | "not-found"> {
  const { id, by } = options;
  return store.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom("api_keys")
      .select(["person", "revoked_at"])
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return "not-found";
    if (row.revoked_at !== null) return "already-revoked";
    await transaction
      .updateTable("api_keys")
      .set({ revoked_at: sql<Date>`now()` })
      .where("id", "=", id)
      .execute();
    await appendAudit(transaction, {
      actor: "system",
      event: "api-key-revoked",
      subject: `api-key:${id}`,
      detail: { person: row.person, by },
    });
    return "revoked";
  });
}

/** Whose key this is; undefined for one that never was or was revoked. Notes its use. */
export async function useApiKey(
  store: Store,
  secret: string,
): Promise<{ id: string; person: string } | undefined> {
  if (!secret.startsWith(PREFIX)) return undefined;
  const key = await store
    .selectFrom("api_keys")
    .select(["id", "person"])
    .where("hash", "=", hashOf(secret))
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (key === undefined) return undefined;
  await store
    .updateTable("api_keys")
    .set({ last_used_at: sql<Date>`now()` })
    .where("id", "=", key.id)
    .where((where) =>
      where.or([
        where("last_used_at", "is", null),
        where("last_used_at", "<", sql<Date>`now() - ${NOTE_USE_EVERY}::interval`),
      ]),
    )
    .execute();
  return key;
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
