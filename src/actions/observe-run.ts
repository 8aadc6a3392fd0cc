import { appendAudit, canonicalJson } from "../store/audit.ts";
import type { RequestState, RunState } from "../store/database.ts";
import { ClusterForbiddenError, ClusterUnavailableError } from "./cluster-ports.ts";
import type { ActionDeps } from "./define-action.ts";
import { PersonUnavailableError, type Person } from "./ports.ts";
import type { RunDetail, RunObservation } from "./training/engine-ports.ts";
import { lockRequest, moveRequest } from "./request-row.ts";
import { withOwnDetail } from "./training/own-detail.ts";
import { diagnoseRun } from "./training/diagnose-run.ts";
import { refOfRun, type RunRow } from "./training/find-run.ts";
import { withQueuePlace } from "./training/waiting/with-queue-place.ts";
import { MEASURE_EVERY_MS } from "./training/metrics/measure-run.ts";

export type ObserveOutcome =
  | { kind: "ended"; state: RunState; requestId: string }
  /** Measuring is due: it runs, and its metrics were not looked at for half a minute. */
  | { kind: "open"; changed: boolean; requestId: string; isMeasuringDue: boolean }
  /** The cluster, or whoever knows the owner, does not answer. */
  | { kind: "away"; message: string }
  | { kind: "nothing-to-do" };

/** Reason of a run that is no longer followed. */
export const OWNER_GONE = "owner-gone";

const ENDED: Partial<Record<RunState, RequestState>> = {
  succeeded: "done",
  failed: "failed",
  cancelled: "cancelled",
  lost: "failed",
};

/** Looks at a run once, as its owner, and writes down what has changed. */
export async function observeRun(
  deps: Omit<ActionDeps, "person" | "requestId"> & {
    findPerson(slackUserId: string): Promise<Person | undefined>;
  },
  runId: string,
): Promise<ObserveOutcome> {
  const run = await deps.store.selectFrom("runs").selectAll().where("id", "=", runId).executeTakeFirst();
  if (run === undefined || ENDED[run.state] !== undefined) return { kind: "nothing-to-do" };
  const engine = [...deps.engines.values()].find(({ kind }) => kind === run.engine);
  if (engine === undefined) return { kind: "nothing-to-do" };
  let observation: RunObservation;
  try {
    const owner = await deps.findPerson(run.owner);
    // Nobody is there any more as whom it could be looked at.
    if (owner === undefined) return recordObservation(deps, run, { state: "lost", reason: OWNER_GONE });
    observation = settle(run, await engine.observe(refOfRun(run), owner.identity));
    const cluster = deps.clusters.get(run.cluster);
    observation = await withQueuePlace(cluster, run, observation, owner.identity, deps.now());
    observation = withOwnDetail(observation, run, engine, deps.stages);
    if (observation.state === "failed") {
      const failure = await diagnoseRun(deps, engine, run, owner.identity, observation.reason);
      observation = { ...observation, detail: { ...observation.detail, failure } };
    }
  } catch (error) {
    const isAway =
      error instanceof ClusterUnavailableError ||
      error instanceof ClusterForbiddenError ||
      error instanceof PersonUnavailableError;
    if (isAway) return { kind: "away", message: error.message };
    throw error;
  }
  return recordObservation(deps, run, observation);
}

/** "Cancelled" is never a platform's word: it is an object that is gone, or failed, after we were asked to end it. */
export function settle(
  run: Pick<RunRow, "cancel_requested_at">,
  observation: RunObservation,
): RunObservation {
  const asked = run.cancel_requested_at !== null;
  if (asked && (observation.state === "lost" || observation.state === "failed"))
    // Why it is gone is not the platform's to say: it was asked for.
    return { ...observation, state: "cancelled", reason: "" };
  return observation;
}

/** Waiting is no running; a run that ended between two looks has no better start than the platform's own. */
function startOf(observation: RunObservation): Date | null {
  const hasStarted = observation.state !== "queued" && observation.state !== "starting";
  return hasStarted ? (observation.startedAt ?? null) : null;
}

async function recordObservation(
  deps: Pick<ActionDeps, "store" | "now">,
  run: RunRow,
  observation: RunObservation,
): Promise<ObserveOutcome> {
  const now = deps.now();
  const requestState = ENDED[observation.state];
  const progress = observation.progress ?? run.progress;
  const reason = observation.reason ?? null;
  // A look that tells no details (the object is gone) leaves the last ones.
  const seen = observation.detail ?? (requestState === undefined ? {} : (run.detail as RunDetail));
  const detail = keepMetrics(seen, run.detail as RunDetail);
  const changed =
    observation.state !== run.state ||
    reason !== run.reason ||
    canonicalJson(detail) !== canonicalJson(run.detail) ||
    Math.abs((progress ?? 0) - (run.progress ?? 0)) >= 0.005;
  return deps.store.transaction().execute(async (transaction): Promise<ObserveOutcome> => {
    const request = await lockRequest(transaction, run.request_id);
    const current = await transaction
      .selectFrom("runs")
      .select(["state", "detail"])
      .where("id", "=", run.id)
      .executeTakeFirst();
    if (request === undefined || current === undefined || ENDED[current.state] !== undefined)
      return { kind: "nothing-to-do" };
    await transaction
      .updateTable("runs")
      .set({
        state: observation.state,
        progress,
        reason,
        detail: JSON.stringify(keepMetrics(seen, current.detail as RunDetail)),
        uid: run.uid ?? observation.uid ?? null,
        observed_at: now,
        started_at: run.started_at ?? startOf(observation),
        ended_at: requestState === undefined ? null : (observation.endedAt ?? now),
      })
      .where("id", "=", run.id)
      .execute();
    if (requestState !== undefined) {
      await moveRequest(transaction, run.request_id, requestState, now);
      await appendAudit(transaction, {
        actor:
          run.cancel_requested_by !== null && observation.state === "cancelled"
            ? run.cancel_requested_by
            : "system",
        event: "run-ended",
        subject: `run:${run.id}`,
        detail: { state: observation.state, reason },
      });
      return { kind: "ended", state: observation.state, requestId: run.request_id };
    }
    if (changed) await moveRequest(transaction, run.request_id, request.state, now);
    const isMeasuringDue =
      observation.state === "running" &&
      (run.measured_at === null || now.getTime() - run.measured_at.getTime() >= MEASURE_EVERY_MS);
    return { kind: "open", changed, requestId: run.request_id, isMeasuringDue };
  });
}

/** Metrics are looked at by another job, which may have done so meanwhile. */
function keepMetrics(seen: RunDetail, { metrics }: RunDetail): RunDetail {
  return metrics === undefined ? seen : { ...seen, metrics };
}
