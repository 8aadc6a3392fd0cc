import { sql, type Transaction } from "kysely";
import type { Database, Locale, Store } from "../store/database.ts";
import type { MessageView } from "./views/message.ts";

/** A line to be said. `key` makes it be said once. */
export interface OutboxLine {
  key: string;
  channel: string;
  threadTs?: string;
  /** With subject and purpose the line is a message that is kept and edited; without, it is posted once. */
  subject?: string;
  purpose?: string;
  /** That message stands there already; default no. */
  isEdit?: boolean;
  /** Reply under the message of this subject and purpose, once that is posted. */
  under?: { subject: string; purpose: string };
  /** Whom to write to directly when the channel cannot be written to. */
  fallbackUser?: string;
  view: MessageView;
  /** Uploaded to that place; the view's text stands above it. Posted once, never edited. */
  file?: OutboxFile;
}

export interface OutboxFile {
  name: string;
  title: string;
  /** Of what is said where Slack refuses it. */
  locale: Locale;
  /** What a picture shows, for who cannot see it. */
  altText?: string;
  /** Gone once it is sent. */
  contentBase64: string;
  /** Slack's, once its bytes are there. */
  uploadedId?: string;
}

export interface OutboxPayload {
  view: MessageView;
  under?: { subject: string; purpose: string };
  fallbackUser?: string;
  file?: OutboxFile;
}

/** First key of the locks on channels; the second is made of the channel. */
const CHANNEL_LOCKS = 7_220_004;

/** In the caller's transaction: the line stands or falls with what it tells of. */
export async function addLine(transaction: Transaction<Database> | Store, line: OutboxLine): Promise<void> {
  if (!transaction.isTransaction) return transaction.transaction().execute((own) => addLine(own, line));
  // Ids are given when a row is written, and rows are seen when they are committed: without this, a later line could overtake.
  await sql`select pg_advisory_xact_lock(${CHANNEL_LOCKS}, hashtext(${line.channel}))`.execute(transaction);
  const payload: OutboxPayload = {
    view: line.view,
    ...(line.under !== undefined && { under: line.under }),
    ...(line.fallbackUser !== undefined && { fallbackUser: line.fallbackUser }),
    ...(line.file !== undefined && { file: line.file }),
  };
  await transaction
    .insertInto("outbox")
    .values({
      key: line.key,
      subject: line.subject ?? null,
      purpose: line.purpose ?? null,
      channel: line.channel,
      thread_ts: line.threadTs ?? null,
      payload: JSON.stringify(payload),
      is_edit: line.isEdit === true,
    })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
}

const CLAIM_MS = 12_000;

/**
 * The oldest pending line of a channel, claimed for 12 s. "held": another sender has it, which may have died.
 * An edit that a newer edit of the same message follows is skipped, once that message is posted.
 */
export async function claimNextLine(store: Store, channel: string, now: Date) {
  return store.transaction().execute(async (transaction) => {
    const head = await transaction
      .selectFrom("outbox")
      .selectAll()
      .where("channel", "=", channel)
      .where("state", "=", "pending")
      .orderBy("id")
      .limit(1)
      .forUpdate()
      .executeTakeFirst();
    if (head === undefined) return { kind: "empty" } as const;
    if (head.claimed_until !== null && head.claimed_until > now)
      return { kind: "held", inMs: head.claimed_until.getTime() - now.getTime() } as const;
    if (head.next_attempt_at > now)
      return { kind: "later", inMs: head.next_attempt_at.getTime() - now.getTime() } as const;
    if (head.subject !== null && head.attempts === 0) {
      // Not before the message stands there: replies to it may lie between the two.
      const newer = await transaction
        .selectFrom("outbox")
        .innerJoin("messages", (join) =>
          join
            .onRef("messages.subject", "=", "outbox.subject")
            .onRef("messages.purpose", "=", "outbox.purpose")
            .on("messages.ts", "is not", null),
        )
        .select("outbox.id")
        .where("outbox.channel", "=", channel)
        .where("outbox.state", "=", "pending")
        .where("outbox.subject", "=", head.subject)
        .where("outbox.purpose", "=", head.purpose)
        .where("outbox.id", ">", head.id)
        .limit(1)
        .executeTakeFirst();
      if (newer !== undefined) {
        await markSent(transaction, head.id, now);
        return { kind: "skipped" } as const;
      }
    }
    await transaction
      .updateTable("outbox")
      .set({ claimed_until: new Date(now.getTime() + CLAIM_MS), attempts: sql<number>`attempts + 1` })
      .where("id", "=", head.id)
      .execute();
    return { kind: "claimed", line: head, payload: head.payload as OutboxPayload } as const;
  });
}

export async function markSent(
  transaction: Transaction<Database> | Store,
  id: string,
  now: Date,
): Promise<void> {
  await transaction.updateTable("outbox").set({ state: "sent", sent_at: now }).where("id", "=", id).execute();
}

export async function markFailed(store: Store, id: string, error: string): Promise<void> {
  await store
    .updateTable("outbox")
    .set({ state: "failed", last_error: error.slice(0, 500) })
    .where("id", "=", id)
    .execute();
}

export async function postpone(store: Store, id: string, until: Date, error: string): Promise<void> {
  await store
    .updateTable("outbox")
    .set({ next_attempt_at: until, claimed_until: null, last_error: error.slice(0, 500) })
    .where("id", "=", id)
    .execute();
}
