import { z } from "zod";
import type { Store } from "../../store/database.ts";
import { defineRead } from "../define-action.ts";
import { subjectOfRun, type RunRow } from "./find-run.ts";
import { findStage } from "./stage-catalogue.ts";

const input = z.object({
  /** Empty: every stage. */
  stage: z.string(),
});

export interface PastRun {
  run: RunRow;
  /** As given when it was started; defaults are not among them. */
  parameters: Readonly<Record<string, string>>;
}

/** The last 15 runs that ended, newest first, with what they were started with. */
export const trainHistory = defineRead<z.infer<typeof input>, readonly PastRun[]>({
  name: "train-history",
  summary: "Show runs that ended, and what they were started with",
  input,
  risk: "read",
  examples: [{ command: "/train history sft", input: { stage: "sft" } }],
  async read({ stage }, deps) {
    if (stage !== "") {
      const found = findStage(deps.stages, stage);
      if (!found.ok) return { ok: false, failure: [found.failure] };
    }
    let query = deps.store
      .selectFrom("runs")
      .selectAll()
      .where("ended_at", "is not", null)
      .orderBy("created_at", "desc")
      .limit(200);
    if (stage !== "") query = query.where("stage", "=", stage.toLowerCase());
    const runs = (await query.execute()).filter((run) => deps.may(subjectOfRun("train-history", run)));
    return { ok: true, value: await withParameters(deps.store, runs.slice(0, 15)) };
  },
});

/** Runs with what they were started with, in the same order. */
async function withParameters(store: Store, runs: readonly RunRow[]): Promise<readonly PastRun[]> {
  if (runs.length === 0) return [];
  const requests = await store
    .selectFrom("requests")
    .select(["id", "input"])
    .where(
      "id",
      "in",
      runs.map((run) => run.request_id),
    )
    .execute();
  const inputs = new Map(requests.map(({ id, input: given }) => [id, given]));
  return runs.map((run) => {
    const given = inputs.get(run.request_id) as { parameters?: Record<string, string> } | undefined;
    return { run, parameters: given?.parameters ?? {} };
  });
}
