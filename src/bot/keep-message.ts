import type { Store } from "../store/database.ts";

/** Where a message of ours stands, so that it is found again: the same subject and purpose once. */
export async function keepMessage(
  store: Store,
  message: { subject: string; purpose: string; channel: string; threadTs: string; ts: string },
): Promise<void> {
  const { subject, purpose, channel, threadTs, ts } = message;
  await store
    .insertInto("messages")
    .values({ subject, purpose, channel, thread_ts: threadTs, ts, content_hash: null })
    .onConflict((conflict) => conflict.columns(["subject", "purpose"]).doUpdateSet({ ts }))
    .execute();
}

/** A message of ours that is about to be said, and edited from then on. Gives whether it stands there already. */
export async function expectMessage(
  transaction: Store,
  message: { subject: string; purpose: string; channel: string; threadTs: string | null },
): Promise<boolean> {
  const { subject, purpose, channel, threadTs } = message;
  await transaction
    .insertInto("messages")
    .values({ subject, purpose, channel, thread_ts: threadTs, ts: null, content_hash: null })
    .onConflict((conflict) => conflict.columns(["subject", "purpose"]).doNothing())
    .execute();
  const known = await transaction
    .selectFrom("messages")
    .select("ts")
    .where("subject", "=", subject)
    .where("purpose", "=", purpose)
    .executeTakeFirst();
  return known?.ts != null;
}
