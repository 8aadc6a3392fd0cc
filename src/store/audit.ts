import { createHash } from "node:crypto";
import { sql, type Transaction } from "kysely";
import type { Database, Store } from "./database.ts";

/** One lock for all appenders: the chain has no forks. Held until the transaction ends. */
const AUDIT_LOCK = 7_220_002;
const FIRST_HASH = "0".repeat(64);

export interface AuditEntry {
  /** Slack user id, or "system". */
  actor: string;
  /** Noun-verb, e.g. "request-approved". */
  event: string;
  /** What it is about, e.g. "request:r1abc". */
  subject: string;
  /** Facts only; never a secret. */
  detail: Readonly<Record<string, unknown>>;
}

/** JSON with sorted keys, so that equal content has equal text whatever jsonb did to the order. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

function hashRow(row: AuditEntry & { seq: number; at: Date; previousHash: string }): string {
  const content = [
    row.seq,
    row.at.toISOString(),
    row.actor,
    row.event,
    row.subject,
    row.detail,
    row.previousHash,
  ];
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}

/** Appends in the caller's transaction: the row stands or falls with what it tells of. */
export async function appendAudit(
  transaction: Transaction<Database>,
  entry: AuditEntry,
  at = new Date(),
): Promise<void> {
  await sql`select pg_advisory_xact_lock(${AUDIT_LOCK})`.execute(transaction);
  const last = await transaction
    .selectFrom("audit")
    .select(["seq", "hash"])
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  const row = {
    ...entry,
    // What jsonb gives back is what is hashed: undefined, dates and the like are settled here.
    detail: JSON.parse(JSON.stringify(entry.detail)) as Record<string, unknown>,
    seq: Number(last?.seq ?? 0) + 1,
    at,
    previousHash: last?.hash ?? FIRST_HASH,
  };
  await transaction
    .insertInto("audit")
    .values({
      seq: row.seq,
      at,
      actor: row.actor,
      event: row.event,
      subject: row.subject,
      detail: JSON.stringify(row.detail),
      previous_hash: row.previousHash,
      hash: hashRow(row),
    })
    .execute();
}

/** Reads the whole chain; the first row whose content, order or link does not fit is named. */
export async function verifyAudit(
  store: Store,
): Promise<{ kind: "intact"; rows: number } | { kind: "broken"; seq: number }> {
  let previousHash = FIRST_HASH;
  let seq = 0;
  for (;;) {
    const rows = await store
      .selectFrom("audit")
      .selectAll()
      .where("seq", ">", String(seq))
      .orderBy("seq")
      .limit(1_000)
      .execute();
    if (rows.length === 0) return { kind: "intact", rows: seq };
    for (const row of rows) {
      seq += 1;
      const { actor, event, subject, at } = row;
      const expected = hashRow({
        actor,
        event,
        subject,
        at,
        seq,
        previousHash,
        detail: row.detail as Record<string, unknown>,
      });
      if (Number(row.seq) !== seq || row.previous_hash !== previousHash || row.hash !== expected)
        return { kind: "broken", seq };
      previousHash = row.hash;
    }
  }
}
