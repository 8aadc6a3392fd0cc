import type { Store } from "./database.ts";

/** Slack redelivers for up to 24 h. */
export const DEDUPE_HOURS = 24;

export async function markInboundHandled(store: Store, key: string, now: Date): Promise<void> {
  await store
    .updateTable("inbound")
    .set({ state: "handled", handled_at: now })
    .where("key", "=", key)
    .execute();
}

/** Deliveries that nobody has handled since `before`, oldest first: their process died. */
export async function listStaleInbound(store: Store, before: Date, limit = 100): Promise<readonly string[]> {
  const rows = await store
    .selectFrom("inbound")
    .select("key")
    .where("state", "=", "received")
    .where("received_at", "<", before)
    .orderBy("received_at")
    .limit(limit)
    .execute();
  return rows.map((row) => row.key);
}

/** Forgets handled deliveries after the dedupe window. Returns how many. */
export async function pruneInbound(store: Store, now: Date): Promise<number> {
  const before = new Date(now.getTime() - DEDUPE_HOURS * 3_600_000);
  const result = await store
    .deleteFrom("inbound")
    .where("state", "!=", "received")
    .where("received_at", "<", before)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
