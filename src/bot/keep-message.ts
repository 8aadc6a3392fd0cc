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
