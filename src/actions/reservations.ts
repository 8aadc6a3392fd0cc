import { createHash } from "node:crypto";
import { sql, type Transaction } from "kysely";
import type { Database, Store } from "../store/database.ts";
import { isOver, limitsFor, usesOf, type Amounts, type Limit, type LimitUse } from "./limits.ts";
import type { Person, Preview } from "./ports.ts";

export type ReserveOutcome = { kind: "reserved" } | { kind: "over-limit"; over: LimitUse };

/** First key of our advisory locks on limits; the second is made of the limit. */
const LIMIT_LOCKS = 7_220_003;
const WEEK_MS = 7 * 86_400_000;

type Requester = Pick<Person, "slackUserId" | "email" | "roles">;
type Wanted = Pick<Preview, "cluster" | "namespace" | "gpus" | "gpuHours">;

/**
 * Takes what a request needs of its requester's limits, or says which of them stands in the way. Belongs into the transaction
 * that queues the request: whoever takes of the same limit waits until that has ended, on whichever replica.
 */
export async function takeReservation(
  transaction: Transaction<Database>,
  options: {
    limits: readonly Limit[];
    requestId: string;
    requester: Requester;
    /** The request whose run goes on with it. Where that still holds its GPUs, nothing more is taken. */
    continues?: string | undefined;
    wanted: Wanted;
    now: Date;
  },
): Promise<ReserveOutcome> {
  const { limits, requestId, requester, continues, wanted, now } = options;
  if (continues !== undefined && (await isHeld(transaction, continues))) return { kind: "reserved" };
  await lockLimits(transaction, limitsFor(limits, requester, wanted), requester);
  const over = (await measureLimits(transaction, { limits, requester, wanted, now })).find(isOver);
  if (over !== undefined) return { kind: "over-limit", over };
  const { slackUserId: person, roles } = requester;
  const { cluster, namespace, gpus, gpuHours } = wanted;
  const row = { person, roles: [...roles], cluster, namespace, gpus, gpu_hours: gpuHours };
  await transaction
    .insertInto("reservations")
    .values({ request_id: requestId, ...row, created_at: now, released_at: null })
    // One that was given back, for a request that goes on.
    .onConflict((conflict) => conflict.column("request_id").doUpdateSet({ ...row, released_at: null }))
    .execute();
  return { kind: "reserved" };
}

/** Every figure of the limits that count for such a request. */
export async function measureLimits(
  store: Store,
  options: { limits: readonly Limit[]; requester: Requester; wanted: Wanted; now: Date },
): Promise<readonly LimitUse[]> {
  const { limits, requester, wanted, now } = options;
  const uses: LimitUse[] = [];
  for (const limit of limitsFor(limits, requester, wanted)) {
    const used = await amountsUsed(store, limit, requester, now);
    uses.push(...usesOf(limit, used, { gpus: wanted.gpus, runs: 1, gpuHours: wanted.gpuHours }));
  }
  return uses;
}

/** Whether the limits would let it start if nothing else ran. */
export async function checkPossible(
  store: Store,
  options: Parameters<typeof measureLimits>[1],
): Promise<{ kind: "possible" } | { kind: "over-limit"; over: LimitUse }> {
  const over = (await measureLimits(store, options)).find((use) => isOver({ ...use, used: 0 }));
  return over === undefined ? { kind: "possible" } : { kind: "over-limit", over };
}

/** Gives back what a request holds; nothing to do where it holds nothing (any more). */
export async function releaseReservation(
  transaction: Transaction<Database>,
  requestId: string,
  now: Date,
): Promise<void> {
  await transaction
    .updateTable("reservations")
    .set({ released_at: now })
    .where("request_id", "=", requestId)
    .where("released_at", "is", null)
    .execute();
}

/** A run goes on after its end: what its request had given back is held again, whatever the limits say by now. */
export async function reopenReservation(
  transaction: Transaction<Database>,
  requestId: string,
): Promise<void> {
  await transaction
    .updateTable("reservations")
    .set({ released_at: null })
    .where("request_id", "=", requestId)
    .execute();
}

export async function isHeld(transaction: Transaction<Database>, requestId: string): Promise<boolean> {
  const row = await transaction
    .selectFrom("reservations")
    .select("request_id")
    .where("request_id", "=", requestId)
    .where("released_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

/** For rows whose request has ended without its reservation. Returns how many were given back. */
export async function releaseEndedReservations(store: Store, now: Date): Promise<number> {
  const released = await store
    .updateTable("reservations")
    .set({ released_at: now })
    .where("released_at", "is", null)
    .where("request_id", "in", (query) =>
      query
        .selectFrom("requests")
        .select("id")
        .where("state", "not in", ["previewed", "needs-approval", "queued", "running"]),
    )
    .executeTakeFirst();
  return Number(released.numUpdatedRows);
}

/** Released by the end of the transaction. In one order everywhere, so that nobody waits in a circle. */
async function lockLimits(
  transaction: Transaction<Database>,
  limits: readonly Limit[],
  requester: Requester,
): Promise<void> {
  const names = limits.map(({ per, name }) =>
    per === "person" ? `person ${requester.slackUserId}` : `team ${name}`,
  );
  const keys = [...new Set(names.map((name) => createHash("sha256").update(name).digest().readInt32BE(0)))];
  for (const key of keys.toSorted((a, b) => a - b))
    await sql`select pg_advisory_xact_lock(${LIMIT_LOCKS}, ${key})`.execute(transaction);
}

async function amountsUsed(store: Store, limit: Limit, requester: Requester, now: Date): Promise<Amounts> {
  const weekAgo = new Date(now.getTime() - WEEK_MS);
  const { roles, clusters, namespaces } = limit;
  const meant =
    limit.per === "person"
      ? sql<boolean>`taken.person = ${requester.slackUserId}`
      : roles === undefined
        ? sql<boolean>`true`
        : sql<boolean>`taken.roles && ${roles}::text[]`;
  const row = await store
    .selectFrom("reservations as taken")
    .leftJoin("runs", "runs.request_id", "taken.request_id")
    .select([
      sql<number>`coalesce(sum(taken.gpus) filter (where taken.released_at is null), 0)::integer`.as("gpus"),
      sql<number>`count(*) filter (where taken.released_at is null)::integer`.as("runs"),
      sql<number>`coalesce(sum(${gpuHoursSince(weekAgo, now)}), 0)::double precision`.as("gpuHours"),
    ])
    .where((where) =>
      where.or([where("taken.released_at", "is", null), where("taken.released_at", ">", weekAgo)]),
    )
    .where(meant)
    .$if(clusters !== undefined, (query) => query.where("taken.cluster", "in", clusters ?? []))
    .$if(namespaces !== undefined, (query) => query.where("taken.namespace", "in", namespaces ?? []))
    .executeTakeFirstOrThrow();
  return row;
}

/** What ran within the week; of an open one also what is still expected of it. Waiting costs nothing. */
function gpuHoursSince(since: Date, now: Date) {
  const until = sql`coalesce(runs.ended_at, taken.released_at, ${now}::timestamptz)`;
  const hoursFrom = (from: ReturnType<typeof sql>) =>
    sql`case when runs.started_at is null then 0
      else taken.gpus * greatest(0, extract(epoch from ${until} - ${from})) / 3600.0 end`;
  return sql`${hoursFrom(sql`greatest(runs.started_at, ${since}::timestamptz)`)}
    + case when taken.released_at is null
      then greatest(0, taken.gpu_hours - ${hoursFrom(sql`runs.started_at`)}) else 0 end`;
}
