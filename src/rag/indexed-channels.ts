import { sql, type Transaction } from "kysely";
import type { Database, Store } from "../store/database.ts";

/** A Slack channel whose threads are documents. */
export interface IndexedChannel {
  channel: string;
  /** By thread, the latest change of a message that was already written. */
  changes: ReadonlyMap<string, string>;
}

export async function readIndexedChannels(store: Store): Promise<readonly IndexedChannel[]> {
  const rows = await store
    .selectFrom("indexed_channels")
    .leftJoin("changed_threads", "changed_threads.channel", "indexed_channels.channel")
    .select(["indexed_channels.channel", "thread_ts", "change_ts"])
    .orderBy("indexed_channels.channel")
    .execute();
  const channels = new Map<string, Map<string, string>>();
  for (const { channel, thread_ts: threadTs, change_ts: changeTs } of rows) {
    const changes = channels.get(channel) ?? new Map<string, string>();
    channels.set(channel, changes);
    if (threadTs !== null && changeTs !== null) changes.set(threadTs, changeTs);
  }
  return [...channels].map(([channel, changes]) => ({ channel, changes }));
}

/** Whether it was another way before. */
export async function switchIndexedChannel(
  transaction: Transaction<Database>,
  channel: string,
  by: { isOn: boolean; person: string; at: Date },
): Promise<boolean> {
  if (!by.isOn) {
    const { numDeletedRows } = await transaction
      .deleteFrom("indexed_channels")
      .where("channel", "=", channel)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("indexed_channels")
    .values({ channel, switched_by: by.person, switched_at: by.at })
    .onConflict((conflict) => conflict.column("channel").doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** One write; nothing where the channel is not indexed. The same change again changes nothing. */
export async function noteChangedThread(
  store: Store,
  { channel, threadTs, changeTs }: { channel: string; threadTs: string; changeTs: string },
): Promise<void> {
  await sql`insert into changed_threads (channel, thread_ts, change_ts)
    select channel, ${threadTs}, ${changeTs} from indexed_channels where channel = ${channel}
    on conflict (channel, thread_ts) do update
    set change_ts = greatest(changed_threads.change_ts, excluded.change_ts)`.execute(store);
}
