import { z } from "zod";
import { defineRead } from "../define-action.ts";
import { findRun, subjectOfRun, type RunRow } from "./find-run.ts";
import { LOG_ALONE, lookAtMetrics, type StoredSeries } from "./metrics/look-at-metrics.ts";

/** Id or name, or the beginning of one; empty: the person's latest. */
const input = z.object({ run: z.string() });

export const trainChart = defineRead<z.infer<typeof input>, { run: RunRow; series: StoredSeries }>({
  name: "train-chart",
  summary: "Draw the loss of a run over its steps",
  input,
  risk: "read",
  examples: [{ command: "/train chart sft-r1a2b3", input: { run: "sft-r1a2b3" } }],
  async read({ run: text }, deps) {
    const found = await findRun(deps.store, text, deps.person.slackUserId, (one) =>
      deps.may(subjectOfRun("train-chart", one)),
    );
    if (!found.ok) return { ok: false, failure: [found.failure] };
    const kept = await deps.store
      .selectFrom("run_metrics")
      .select("series")
      .where("run_id", "=", found.value.id)
      .executeTakeFirst();
    const run = found.value;
    const known = (kept?.series ?? {}) as StoredSeries;
    const engine = [...deps.engines.values()].find(({ kind }) => kind === run.engine);
    if (engine === undefined || run.ended_at !== null) return { ok: true, value: { run, series: known } };
    // What is kept may be half a minute old.
    const { metrics = LOG_ALONE, person } = deps;
    const sources = { ...metrics, gpus: undefined };
    const { loss, evalLoss } = await lookAtMetrics(
      sources,
      engine,
      run,
      person.identity,
      known,
      deps.now().getTime(),
    );
    return { ok: true, value: { run, series: { loss, evalLoss } } };
  },
});
