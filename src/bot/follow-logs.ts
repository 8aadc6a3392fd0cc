import { createHash } from "node:crypto";
import type { Selectable, Transaction } from "kysely";
import type { PeekOutcome } from "../actions/training/peek-logs.ts";
import type { Actions } from "../actions/create-actions.ts";
import type { Database, Store } from "../store/database.ts";
import { expectMessage } from "./keep-message.ts";
import { addLine } from "./outbox.ts";
import { textsFor } from "./texts/texts.ts";
import { followedLogs } from "./views/followed-logs.ts";

type Follow = Selectable<Database["log_follows"]>;
type EndedBecause = NonNullable<Follow["ended_because"]>;

const SHOWN_LINES = 40;
/** One message is edited at most this often, more seldom the more logs are followed: Slack takes 50 edits a minute for all. */
const EVERY_MS = 5_000;
const EVERY_AND_FOLLOW_MS = 2_500;
const AWAY_MS = 10_000;
/** Purpose of the message that is edited. */
export const FOLLOW_PURPOSE = "log";

/** One look at a followed log. Undefined: it has ended. */
export async function followLogs(
  deps: { store: Store; actions: Pick<Actions, "peekLogs">; now(): Date },
  followId: string,
): Promise<{ againInMs: number; channel: string } | { ended: string } | undefined> {
  const { store } = deps;
  const follow = await store
    .selectFrom("log_follows")
    .selectAll()
    .where("id", "=", followId)
    .executeTakeFirst();
  if (follow === undefined || follow.state === "ended") return undefined;
  const seen = await deps.actions.peekLogs({
    runId: follow.run_id,
    person: follow.person,
    filter: follow.filter,
    lines: SHOWN_LINES,
  });
  const now = deps.now();
  const because = endOf(follow, seen, now);
  await store.transaction().execute((transaction) => show(transaction, follow, seen, because, now));
  if (because !== undefined) return { ended: follow.channel };
  if (seen.kind === "away") return { againInMs: AWAY_MS, channel: follow.channel };
  const { open } = await store
    .selectFrom("log_follows")
    .select(({ fn }) => fn.countAll<string>().as("open"))
    .where("state", "=", "open")
    .executeTakeFirstOrThrow();
  return { againInMs: Math.max(EVERY_MS, Number(open) * EVERY_AND_FOLLOW_MS), channel: follow.channel };
}

function endOf(follow: Follow, seen: PeekOutcome, now: Date): EndedBecause | undefined {
  if (follow.ended_because !== null) return follow.ended_because;
  if (seen.kind === "refused") return "refused";
  if (seen.kind === "seen" && seen.run.ended_at !== null) return "run-ended";
  return now >= follow.ends_at ? "time" : undefined;
}

/** The row and its message together. What looks as before is not sent again, but for the end. */
async function show(
  transaction: Transaction<Database>,
  follow: Follow,
  seen: PeekOutcome,
  because: EndedBecause | undefined,
  now: Date,
): Promise<void> {
  const run = seen.kind === "seen" ? seen.run : await runOf(transaction, follow.run_id);
  const view = followedLogs(
    { run, filter: follow.filter, lines: seen.kind === "seen" ? seen.lines : undefined, followId: follow.id },
    because,
    textsFor(follow.locale),
  );
  const hash = createHash("sha256").update(JSON.stringify(view)).digest("hex").slice(0, 24);
  await transaction
    .updateTable("log_follows")
    .set({
      looked_at: now,
      shown_hash: hash,
      ...(because !== undefined && { state: "ended" as const, ended_because: because }),
    })
    .where("id", "=", follow.id)
    .execute();
  // Without an answer of the cluster the last lines stay.
  if (hash === follow.shown_hash || (seen.kind === "away" && because === undefined)) return;
  const subject = `follow:${follow.id}`;
  const { channel, thread_ts: threadTs } = follow;
  const isEdit = await expectMessage(transaction, { subject, purpose: FOLLOW_PURPOSE, channel, threadTs });
  // In the channel of the run, under its message.
  const card = await transaction
    .selectFrom("messages")
    .select(["subject", "purpose"])
    .where("subject", "=", `request:${run?.request_id ?? ""}`)
    .where("purpose", "=", "card")
    .where("channel", "=", follow.channel)
    .executeTakeFirst();
  await addLine(transaction, {
    key: `${subject}.${now.getTime()}.${hash}`,
    subject,
    purpose: FOLLOW_PURPOSE,
    channel,
    isEdit,
    fallbackUser: follow.person,
    ...(threadTs !== null && { threadTs }),
    ...(card !== undefined && { under: { subject: card.subject, purpose: card.purpose } }),
    view,
  });
}

function runOf(transaction: Transaction<Database>, runId: string) {
  return transaction.selectFrom("runs").selectAll().where("id", "=", runId).executeTakeFirst();
}
