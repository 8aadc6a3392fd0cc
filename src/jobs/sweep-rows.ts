import { sql } from "kysely";
import { PIPELINE_ACTIONS } from "../actions/training/pipelines/advance-pipeline.ts";
import { releaseEndedReservations } from "../actions/reservations.ts";
import type { Store } from "../store/database.ts";
import { listStaleInbound } from "../store/inbound.ts";
import type { Enqueue } from "./create-jobs.ts";

/** A row that has waited this long without a change has probably lost its bell. */
export const STALE_AFTER_MS = 10_000;

/** Logs are soon gone. */
const MEASURED_AFTER_END_MS = 600_000;
const measuredBeforeEnd = sql<boolean>`measured_at < observed_at`;

/**
 * Rings for every row that still waits. Harmless where a job exists: ids are the same. Returns how often it rang. Runs are
 * stale that were not looked at for `runsStaleAfterMs`.
 */
export async function sweepRows(
  store: Store,
  enqueue: Enqueue,
  now: Date,
  runsStaleAfterMs = STALE_AFTER_MS,
): Promise<number> {
  await releaseEndedReservations(store, now);
  const before = new Date(now.getTime() - STALE_AFTER_MS);
  const unseenSince = new Date(now.getTime() - runsStaleAfterMs);
  let rung = 0;
  for (const key of await listStaleInbound(store, before)) {
    await enqueue("handle-inbound", { key });
    rung += 1;
  }
  const requests = await store
    .selectFrom("requests")
    .select("id")
    .where("state", "=", "queued")
    .where("updated_at", "<", before)
    .orderBy("updated_at")
    .limit(100)
    .execute();
  for (const { id } of requests) {
    await enqueue("run-action", { requestId: id });
    rung += 1;
  }
  const pipelines = await store
    .selectFrom("requests")
    .select("id")
    .where("action", "in", [...PIPELINE_ACTIONS])
    .where("state", "=", "running")
    .limit(100)
    .execute();
  for (const { id } of pipelines) {
    await enqueue("advance-pipeline", { requestId: id });
    rung += 1;
  }
  const runs = await store
    .selectFrom("runs")
    .select("id")
    .where("state", "in", ["queued", "starting", "running"])
    .where((where) => where.or([where("observed_at", "is", null), where("observed_at", "<", unseenSince)]))
    .limit(500)
    .execute();
  for (const { id } of runs) {
    await enqueue("observe-run", { runId: id });
    rung += 1;
  }
  // Ended, and what their logs said last was not looked at.
  const unmeasured = await store
    .selectFrom("runs")
    .select("id")
    .where("ended_at", "<", before)
    .where("ended_at", ">", new Date(now.getTime() - MEASURED_AFTER_END_MS))
    .where((where) => where.or([where("measured_at", "is", null), measuredBeforeEnd]))
    .limit(100)
    .execute();
  for (const { id } of unmeasured) {
    await enqueue("measure-run", { runId: id });
    rung += 1;
  }
  const follows = await store
    .selectFrom("log_follows")
    .select("id")
    .where("state", "=", "open")
    .where("created_at", "<", before)
    .where((where) => where.or([where("looked_at", "is", null), where("looked_at", "<", before)]))
    .limit(100)
    .execute();
  for (const { id } of follows) {
    await enqueue("follow-logs", { followId: id });
    rung += 1;
  }
  const syncs = await store
    .selectFrom("sync_follows")
    .select("id")
    .where("state", "=", "open")
    .where("asked_at", "<", before)
    .limit(100)
    .execute();
  for (const { id } of syncs) {
    await enqueue("follow-sync", { followId: id });
    rung += 1;
  }
  const pulls = await store
    .selectFrom("model_pulls")
    .select("id")
    .where("state", "=", "open")
    .where("asked_at", "<", before)
    .where((where) => where.or([where("seen_at", "is", null), where("seen_at", "<", before)]))
    .limit(100)
    .execute();
  for (const { id } of pulls) {
    await enqueue("pull-model", { pullId: id });
    rung += 1;
  }
  const undrawn = await store
    .selectFrom("requests")
    .select("id")
    .whereRef("drawn_version", "<", "version")
    .where("updated_at", "<", before)
    .limit(500)
    .execute();
  for (const { id } of undrawn) {
    await enqueue("draw-request", { requestId: id });
    rung += 1;
  }
  const channels = await store
    .selectFrom("outbox")
    .select("channel")
    .distinct()
    .where("state", "=", "pending")
    .where("created_at", "<", new Date(now.getTime() - 2_000))
    .where("next_attempt_at", "<=", now)
    .execute();
  for (const { channel } of channels) {
    await enqueue("deliver-outbox", { channel });
    rung += 1;
  }
  return rung;
}
