import type { Store } from "../store/database.ts";
import { attendedSince } from "./look-intervals.ts";

/** Progress is drawn at most this often, more seldom the more runs wait to be drawn: Slack takes 50 edits a minute for all. */
const DRAW_MS = 3_000;
/** Between two edits: 36 a minute for the runs that people look at, 20 for the others; `drawRequest` holds both to one limit. */
const SPACED_MS = { attended: 1_650, others: 3_000 };

/** How long a changed run waits for being drawn: behind those of its kind that wait already. */
export async function drawDelayMs(store: Store, requestId: string, now: Date): Promise<number> {
  const waiting = await store
    .selectFrom("requests")
    .innerJoin("runs", "runs.request_id", "requests.id")
    .select(({ fn }) => ["requests.id", fn.coalesce("runs.attended_at", "runs.created_at").as("attended_at")])
    .whereRef("requests.drawn_version", "<", "requests.version")
    .execute();
  const since = attendedSince(now);
  const isAttended = ({ attended_at: at }: { attended_at: Date }): boolean => at > since;
  const own = waiting.find(({ id }) => id === requestId);
  const attended = own === undefined || isAttended(own);
  const ahead = waiting.filter((other) => isAttended(other) === attended).length - 1;
  return Math.max(DRAW_MS, ahead * SPACED_MS[attended ? "attended" : "others"]);
}

export async function countOpenRuns(store: Store): Promise<number> {
  const { open } = await store
    .selectFrom("runs")
    .select(({ fn }) => fn.countAll<string>().as("open"))
    .where("ended_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(open);
}
