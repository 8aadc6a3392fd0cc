import { z } from "zod";
import { defineRead } from "../define-action.ts";
import { findRun, subjectOfRun, type RunRow } from "./find-run.ts";
import type { StoredSeries } from "./metrics/look-at-metrics.ts";

/** Id or name, or the beginning of one; empty: the person's latest. */
const input = z.object({ run: z.string() });

export const trainChart = defineRead<z.infer<typeof input>, { run: RunRow; series: StoredSeries }>({
  name: "train-chart",
  summary: "Draw the loss of a run over its steps",
  input,
  risk: "read",
  examples: [{ command: "/train chart sft-r1a2b3", input: { run: "sft-r1a2b3" } }],
  async read({ run }, deps) {
    const found = await findRun(deps.store, run, deps.person.slackUserId, (one) =>
      deps.may(subjectOfRun("train-chart", one)),
    );
    if (!found.ok) return { ok: false, failure: [found.failure] };
    const kept = await deps.store
      .selectFrom("run_metrics")
      .select("series")
      .where("run_id", "=", found.value.id)
      .executeTakeFirst();
    return { ok: true, value: { run: found.value, series: kept?.series ?? {} } };
  },
});
