import { z } from "zod";
import { ClusterForbiddenError, type Cluster } from "../cluster-ports.ts";
import { defineRead, type PlanDeps } from "../define-action.ts";
import type { Stage } from "../ports.ts";
import { findRun, subjectOfRun, type RunRow } from "./find-run.ts";
import { parseStageParams } from "./stage-catalogue.ts";
import { estimateStart, similarWaits } from "./waiting/estimate-start.ts";
import { explainWaiting, holdersOf } from "./waiting/explain-waiting.ts";
import { KUEUE } from "./waiting/kueue-objects.ts";
import { isAway, lookAtWaiting } from "./waiting/look-at-waiting.ts";
import { runsAhead } from "./waiting/runs-ahead.ts";
import type { WaitingExplanation } from "./waiting/waiting-explanation.ts";
import { waysOut, type WayOut } from "./waiting/ways-out.ts";

const input = z.object({
  /** Id or name, or the beginning of one; empty: the person's latest. */
  run: z.string(),
});

export type WhyReport =
  /** Nothing holds it up: it runs, or has ended. */
  | { kind: "not-waiting"; run: RunRow }
  | { kind: "unreachable"; run: RunRow; message: string }
  | {
      kind: "waiting";
      run: RunRow;
      explanation: WaitingExplanation;
      ways: readonly WayOut[];
      /** As it was typed: what a changed start begins with. */
      parameters: Readonly<Record<string, string>>;
      mayCancel: boolean;
    };

/** Why a run waits, who comes before, when it may start, and what could be changed. */
export const trainWhy = defineRead<z.infer<typeof input>, WhyReport>({
  name: "train-why",
  summary: "Explain why a run waits",
  input,
  risk: "read",
  examples: [{ command: "/train why sft-r1a2b3", input: { run: "sft-r1a2b3" } }],
  async read({ run: text }, deps) {
    const isVisible = (one: RunRow) => deps.may(subjectOfRun("train-why", one));
    const found = await findRun(deps.store, text, deps.person.slackUserId, isVisible);
    if (!found.ok) return { ok: false, failure: [found.failure] };
    const run = found.value;
    const cluster = deps.clusters.get(run.cluster);
    if (cluster === undefined || (run.state !== "queued" && run.state !== "starting"))
      return { ok: true, value: { kind: "not-waiting", run } };
    try {
      return { ok: true, value: await explain(run, cluster, isVisible, deps) };
    } catch (error) {
      if (isAway(error)) return { ok: true, value: { kind: "unreachable", run, message: error.message } };
      throw error;
    }
  },
});

async function explain(
  run: RunRow,
  cluster: Cluster,
  isVisible: (one: RunRow) => boolean,
  deps: PlanDeps,
): Promise<WhyReport> {
  const { facts, inQueue, nodes } = await lookAtWaiting(cluster, run, deps.person.identity);
  const [ahead, waits, started] = await Promise.all([
    runsAhead(deps.store, run, inQueue, isVisible),
    similarWaits(deps.store, { cluster: run.cluster, gpus: run.gpus, simulated: cluster.simulated }),
    startedWith(run, deps),
  ]);
  const reason = explainWaiting(facts);
  const explanation: WaitingExplanation = {
    reason,
    ahead,
    holders:
      nodes === undefined || run.gpus === 0
        ? []
        : holdersOf(nodes, facts.gpuType).filter(
            // What is in no queue takes nothing of its quota.
            (holder) => inQueue === undefined || inQueue.holding.includes(holder.run),
          ),
    estimate: estimateStart(waits, run.created_at, deps.now()),
  };
  const queues = reason.kind === "kueue-quota" ? await localQueues(run, cluster, deps) : undefined;
  return {
    kind: "waiting",
    run,
    explanation,
    parameters: started?.parameters ?? {},
    mayCancel: deps.may(subjectOfRun("train-cancel", run)),
    ways:
      started === undefined ||
      !deps.may({ ...subjectOfRun("train-start", run), owner: deps.person.slackUserId })
        ? []
        : waysOut({ ...started, reason, nodes, queues }),
  };
}

/** The stage as it is configured now and the parameters of that time; undefined where they no longer go together. */
async function startedWith(run: RunRow, deps: PlanDeps) {
  const request = await deps.store
    .selectFrom("requests")
    .select("input")
    .where("id", "=", run.request_id)
    .executeTakeFirst();
  const { parameters = {} } = (request?.input ?? {}) as { parameters?: Record<string, string> };
  const stage: Stage | undefined = deps.stages.find(({ name }) => name === run.stage);
  const params = stage && parseStageParams(stage, parameters);
  return stage === undefined || params?.ok !== true ? undefined : { stage, params: params.value, parameters };
}

async function localQueues(
  run: RunRow,
  cluster: Cluster,
  deps: PlanDeps,
): Promise<readonly string[] | undefined> {
  const ref = { ...KUEUE, resource: "localqueues", namespace: run.namespace };
  try {
    return (await cluster.list(ref, deps.person.identity)).map(({ metadata }) => metadata.name);
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return undefined;
    throw error;
  }
}
