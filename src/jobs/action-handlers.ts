import type { Actions } from "../actions/create-actions.ts";
import type { Store } from "../store/database.ts";
import { pruneInbound } from "../store/inbound.ts";
import type { Enqueue } from "./create-jobs.ts";
import { countOpenRuns, drawDelayMs } from "./draw-delay.ts";
import type { LookIntervals } from "./look-intervals.ts";
import type { JobHandlers } from "./start-worker.ts";
import { STALE_AFTER_MS, sweepRows } from "./sweep-rows.ts";

const SENT_LINES_KEPT_MS = 7 * 86_400_000;

const AWAY_MS = 10_000;
/** With more open runs than these, metrics are looked at more seldom than every half a minute: two runs a second in all. */
const MEASURED_AT_ONCE = 20;

/** The jobs that act on platforms and keep the house in order. */
export function createActionHandlers(deps: {
  actions: Actions;
  store: Store;
  enqueue: Enqueue;
  looks: LookIntervals;
  now(): Date;
}): Pick<
  JobHandlers,
  "run-action" | "observe-run" | "notice-change" | "advance-pipeline" | "expire-approvals" | "sweep" | "prune"
> {
  const { actions, store, enqueue, looks } = deps;
  /** The pipeline of which a request is a step, if it is one. */
  const ringParent = async (requestId: string): Promise<void> => {
    const step = await store
      .selectFrom("requests")
      .select("parent_id")
      .where("id", "=", requestId)
      .executeTakeFirst();
    if (step?.parent_id != null) await enqueue("advance-pipeline", { requestId: step.parent_id });
  };
  /** Passes on what a look at a run has shown. "open": it goes on. */
  const lookAt = async (runId: string): Promise<"open" | { againInMs: number } | undefined> => {
    const outcome = await actions.observe(runId);
    switch (outcome.kind) {
      case "nothing-to-do":
        return undefined;
      case "away":
        return { againInMs: AWAY_MS };
      case "ended":
        await enqueue("draw-request", { requestId: outcome.requestId }, { promote: true });
        await enqueue("measure-run", { runId });
        await ringParent(outcome.requestId);
        return undefined;
      case "open": {
        if (outcome.changed) {
          const delayMs = await drawDelayMs(store, outcome.requestId, deps.now());
          await enqueue("draw-request", { requestId: outcome.requestId }, { delayMs });
          await ringParent(outcome.requestId);
        }
        if (outcome.isMeasuringDue) {
          const more = (await countOpenRuns(store)) - MEASURED_AT_ONCE;
          await enqueue("measure-run", { runId }, { delayMs: Math.max(0, more * 500) });
        }
        return "open";
      }
    }
    return outcome satisfies never;
  };
  return {
    async "run-action"({ requestId }) {
      const outcome = await actions.run(requestId);
      if (outcome.kind === "nothing-to-do") return undefined;
      await enqueue("draw-request", { requestId });
      if (outcome.kind === "try-again") return { againInMs: outcome.inMs };
      if (outcome.kind === "pipeline-started") await enqueue("advance-pipeline", { requestId });
      // A step that failed before it had a run ends its pipeline.
      if (outcome.kind === "failed") await ringParent(requestId);
      if (outcome.kind === "run-started") await enqueue("observe-run", { runId: outcome.runId });
      if (outcome.kind === "done" && outcome.touchedRunId !== undefined)
        await enqueue(
          "notice-change",
          { runId: outcome.touchedRunId },
          { deduplicationKey: `${outcome.touchedRunId}/${requestId}` },
        );
      return undefined;
    },
    async "observe-run"({ runId }) {
      const again = await lookAt(runId);
      return again === "open" ? { againInMs: await looks.ofRun(runId) } : again;
    },
    async "notice-change"({ runId }) {
      const again = await lookAt(runId);
      return again === "open" ? undefined : again;
    },
    async "advance-pipeline"({ requestId }) {
      const outcome = await actions.advance(requestId);
      if (outcome.changed) await enqueue("draw-request", { requestId });
      if (outcome.queued === undefined) return undefined;
      await enqueue("run-action", { requestId: outcome.queued });
      // Of those that run side by side the next one need not wait for the sweeper.
      return { againInMs: 100 };
    },
    async "expire-approvals"() {
      for (const requestId of await actions.expire()) await enqueue("draw-request", { requestId });
    },
    async sweep() {
      await sweepRows(store, enqueue, deps.now(), STALE_AFTER_MS + (await looks.longest()));
    },
    async prune() {
      await pruneInbound(store, deps.now());
      await store
        .deleteFrom("outbox")
        .where("state", "!=", "pending")
        .where("created_at", "<", new Date(deps.now().getTime() - SENT_LINES_KEPT_MS))
        .execute();
    },
  };
}
