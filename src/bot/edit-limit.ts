import { sql, type Transaction } from "kysely";
import type { RunRow } from "../actions/training/find-run.ts";
import { isAttended } from "../jobs/look-intervals.ts";
import type { Database } from "../store/database.ts";

/** A quarter of Slack's minute: after a burst nobody waits longer than this, and no minute sees more than four times as many. */
const WINDOW_MS = 15_000;
/**
 * Edits of run messages in a window. Slack takes 50 a minute from an app (chat.update,
 * https://docs.slack.dev/apis/web-api/rate-limits). What nobody looks at leaves room for the rest, and so does the progress of runs for their ends.
 */
const MOST_EDITS = { attendedEnd: 12, attended: 9, end: 7, others: 5 };
const SHORTEST_WAIT_MS = 1_000;

/** How long an edit has to wait for its turn, which is asked for again then; undefined: it may go. */
export async function editWaitMs(
  transaction: Transaction<Database>,
  { run, ended }: { run: RunRow | undefined; ended: boolean },
  now: Date,
): Promise<number | undefined> {
  const attended = run === undefined || isAttended(run, now);
  const kind = attended ? (ended ? "attendedEnd" : "attended") : ended ? "end" : "others";
  // One after the other: together they would all find the last place free.
  await sql`select pg_advisory_xact_lock(hashtext('edits of run messages'))`.execute(transaction);
  const since = new Date(now.getTime() - WINDOW_MS);
  const edits = await transaction
    .selectFrom("outbox")
    .select("created_at")
    .where("is_edit", "=", true)
    .where("created_at", ">", since)
    // One that a newer edit of the same message had overtaken was never sent.
    .where((where) => where.or([where("state", "=", "pending"), where("attempts", ">", 0)]))
    .orderBy("created_at", "desc")
    .limit(MOST_EDITS[kind])
    .execute();
  const oldest = edits[MOST_EDITS[kind] - 1];
  if (oldest === undefined) return undefined;
  // The others share what is free then; whoever comes too late waits once more.
  return Math.max(SHORTEST_WAIT_MS, oldest.created_at.getTime() - since.getTime());
}
