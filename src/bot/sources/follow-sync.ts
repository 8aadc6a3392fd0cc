import { createHash } from "node:crypto";
import type { Enqueue } from "../../jobs/create-jobs.ts";
import type { SourceState } from "../../rag/source-state.ts";
import type { Store } from "../../store/database.ts";
import type { ReadableAudiences } from "../readers/readable-audiences.ts";
import { expectMessage } from "../keep-message.ts";
import { addLine } from "../outbox.ts";
import { textsFor } from "../texts/texts.ts";
import { syncProgress } from "../views/source-list.ts";

const EVERY_MS = 3_000;
/** A sync that takes longer is no longer told of step by step. */
const FOLLOWED_FOR_MS = 3_600_000;
/** Purpose of the message that is edited. */
const SYNC_PURPOSE = "sync";

/** One look at a sync that somebody asked for. Undefined: it has ended. */
export async function followSync(
  deps: {
    store: Store;
    sources: { states(audiences: readonly string[]): Promise<readonly SourceState[]> };
    readers: Pick<ReadableAudiences, "at">;
    enqueue: Enqueue;
    now(): Date;
  },
  followId: string,
): Promise<{ againInMs: number } | undefined> {
  const { store } = deps;
  const follow = await store
    .selectFrom("sync_follows")
    .selectAll()
    .where("id", "=", followId)
    .executeTakeFirst();
  if (follow === undefined || follow.state === "ended") return undefined;
  const now = deps.now();
  const audiences = await deps.readers.at({ channel: follow.channel, user: follow.person });
  const state = (await deps.sources.states(audiences)).find(({ source }) => source === follow.source);
  // What began before it was asked for may have overlooked what was changed in between: the next sync counts.
  const isOwn = state?.startedAt !== undefined && state.startedAt >= follow.asked_at;
  const isOver = isOwn && (state.state === "done" || state.state === "failed");
  const isSlow = now.getTime() - follow.asked_at.getTime() > FOLLOWED_FOR_MS;
  // One that ran when it was asked for kept another from being queued.
  if (!isOwn && state?.state !== "running") await deps.enqueue("index-source", { source: follow.source });
  const phase = isOver ? "ended" : isSlow ? "slow" : "going";
  const view = syncProgress(follow.source, isOwn ? state : undefined, phase, textsFor(follow.locale));
  const hash = createHash("sha256").update(JSON.stringify(view)).digest("hex").slice(0, 24);
  const subject = `sync:${follow.id}`;
  await store.transaction().execute(async (transaction) => {
    await transaction
      .updateTable("sync_follows")
      .set({ shown_hash: hash, ...(phase !== "going" && { state: "ended" as const }) })
      .where("id", "=", follow.id)
      .execute();
    if (hash === follow.shown_hash) return;
    const { channel, thread_ts: threadTs } = follow;
    const message = { subject, purpose: SYNC_PURPOSE, channel };
    const isEdit = await expectMessage(transaction, { ...message, threadTs });
    await addLine(transaction, {
      ...message,
      key: `${subject}.${hash}`,
      isEdit,
      fallbackUser: follow.person,
      ...(threadTs !== null && { threadTs }),
      view,
    });
  });
  if (hash !== follow.shown_hash)
    await deps.enqueue(
      "deliver-outbox",
      { channel: follow.channel },
      { deduplicationKey: `${subject}.${hash}` },
    );
  return phase === "going" ? { againInMs: EVERY_MS } : undefined;
}
