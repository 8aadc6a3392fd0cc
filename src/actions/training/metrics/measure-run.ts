import type { Transaction } from "kysely";
import { canonicalJson } from "../../../store/audit.ts";
import type { Database, Store } from "../../../store/database.ts";
import type { ActionDeps } from "../../define-action.ts";
import { PersonUnavailableError, type Person } from "../../ports.ts";
import { lockRequest, moveRequest, type RequestRow } from "../../request-row.ts";
import type { RunDetail } from "../engine-ports.ts";
import type { RunRow } from "../find-run.ts";
import { judgeGpuUse, type GpuVerdict } from "./judge-gpu-use.ts";
import { LOG_ALONE, lookAtMetrics, type SeenMetrics, type StoredSeries } from "./look-at-metrics.ts";
import { lossChange, newestGpuUse, type MetricsSummary } from "./summarise-metrics.ts";

/** A run's metrics are looked at this often at most, and once more after its end. */
export const MEASURE_EVERY_MS = 30_000;

/** What was seen, for whoever tells of it in the same transaction. */
export interface MeasuredRun {
  request: RequestRow;
  run: RunRow;
  series: StoredSeries;
  /** Its GPUs idle, since then; the same until they work again. */
  idle?: { since: Date; verdict: Extract<GpuVerdict, { kind: "low" }> };
}

export type MeasureOutcome =
  | { kind: "measured"; requestId: string; channel: string; changed: boolean; troubles: readonly string[] }
  /** It has ended, and its message does not say so yet: what is told then belongs below it. */
  | { kind: "not-drawn" }
  | { kind: "nothing-to-do" };

/** Looks at a run's metrics as its owner and writes down what has changed. The run itself is left to `observeRun`. */
export async function measureRun(
  deps: Omit<ActionDeps, "person" | "requestId"> & {
    findPerson(slackUserId: string): Promise<Person | undefined>;
  },
  runId: string,
  tell: (transaction: Transaction<Database>, measured: MeasuredRun) => Promise<void>,
): Promise<MeasureOutcome> {
  const { store, metrics = LOG_ALONE } = deps;
  const run = await store.selectFrom("runs").selectAll().where("id", "=", runId).executeTakeFirst();
  const now = deps.now();
  if (run === undefined || !isDue(run, now)) return { kind: "nothing-to-do" };
  if (run.ended_at !== null && !(await isDrawn(store, run.request_id))) return { kind: "not-drawn" };
  const engine = [...deps.engines.values()].find(({ kind }) => kind === run.engine);
  if (engine === undefined) return { kind: "nothing-to-do" };
  const owner = await ownerOf(deps, run);
  if (owner === undefined) return { kind: "nothing-to-do" };
  const kept = await store
    .selectFrom("run_metrics")
    .selectAll()
    .where("run_id", "=", runId)
    .executeTakeFirst();
  const known = (kept?.series ?? {}) as StoredSeries;
  const seen = await lookAtMetrics(metrics, engine, run, owner.identity, known, now.getTime());
  const verdict = judgeGpuUse(seen.gpuUse, seen.loss, metrics.lowGpu, now.getTime());
  const idleSince =
    verdict.kind === "fine" ? null : (kept?.low_gpu_since ?? (verdict.kind === "low" ? now : null));

  return store.transaction().execute(async (transaction): Promise<MeasureOutcome> => {
    const request = await lockRequest(transaction, run.request_id);
    const current = await transaction
      .selectFrom("runs")
      .selectAll()
      .where("id", "=", runId)
      .executeTakeFirst();
    if (request === undefined || current === undefined) return { kind: "nothing-to-do" };
    const detail = current.detail as RunDetail;
    const summary = summarise(seen, detail.metrics ?? {});
    const changed = canonicalJson(summary) !== canonicalJson(detail.metrics ?? {});
    const series: StoredSeries = { loss: seen.loss, evalLoss: seen.evalLoss };
    await transaction
      .updateTable("runs")
      .set({ measured_at: now, ...(changed && { detail: JSON.stringify({ ...detail, metrics: summary }) }) })
      .where("id", "=", runId)
      .execute();
    const values = { series: JSON.stringify(series), low_gpu_since: idleSince };
    await transaction
      .insertInto("run_metrics")
      .values({ run_id: runId, ...values })
      .onConflict((conflict) => conflict.column("run_id").doUpdateSet(values))
      .execute();
    if (changed) await moveRequest(transaction, request.id, request.state, now);
    const idle = verdict.kind === "low" && idleSince !== null ? { idle: { since: idleSince, verdict } } : {};
    const measured = { ...current, detail: { ...detail, metrics: summary } };
    await tell(transaction, { request, run: measured, series, ...idle });
    return {
      kind: "measured",
      requestId: request.id,
      channel: request.channel,
      changed,
      troubles: seen.troubles,
    };
  });
}

/** While it runs; and once after its end was seen, with what its log said last. */
function isDue(run: RunRow, now: Date): boolean {
  if (run.ended_at !== null)
    return run.measured_at === null || run.observed_at === null || run.measured_at < run.observed_at;
  if (run.state !== "running") return false;
  return run.measured_at === null || now.getTime() - run.measured_at.getTime() >= MEASURE_EVERY_MS;
}

async function isDrawn(store: Store, requestId: string): Promise<boolean> {
  const request = await store
    .selectFrom("requests")
    .select(["version", "drawn_version"])
    .where("id", "=", requestId)
    .executeTakeFirst();
  return request === undefined || request.drawn_version >= request.version;
}

/** Undefined also while that cannot be known: metrics can wait. */
async function ownerOf(
  deps: { findPerson(slackUserId: string): Promise<Person | undefined> },
  run: RunRow,
): Promise<Person | undefined> {
  try {
    return await deps.findPerson(run.owner);
  } catch (error) {
    if (error instanceof PersonUnavailableError) return undefined;
    throw error;
  }
}

/** What is not seen this time stays as it was; only the use of GPUs is of now. */
function summarise(seen: SeenMetrics, before: MetricsSummary): MetricsSummary {
  const loss = seen.loss.at(-1)?.value ?? seen.lastLoss ?? before.loss;
  const change = lossChange(seen.loss);
  const evalLoss = seen.evalLoss.at(-1)?.value ?? before.evalLoss;
  const learningRate = seen.learningRate ?? before.learningRate;
  const tokensPerSecond = seen.tokensPerSecond ?? before.tokensPerSecond;
  const gpuPercent = newestGpuUse(seen.gpuUse);
  const links = [
    ...seen.links,
    ...(before.links ?? []).filter(({ title }) => seen.links.every((link) => link.title !== title)),
  ];
  return {
    ...(loss !== undefined && { loss }),
    ...(change !== undefined && { lossChange: change }),
    ...(evalLoss !== undefined && { evalLoss }),
    ...(learningRate !== undefined && { learningRate }),
    ...(tokensPerSecond !== undefined && { tokensPerSecond }),
    ...(gpuPercent !== undefined && { gpuPercent }),
    ...(links.length > 0 && { links }),
  };
}
