import { z } from "zod";
import { ClusterForbiddenError } from "../cluster-ports.ts";
import { defineChange, type PlanDeps } from "../define-action.ts";
import type { PlatformObject } from "../ports.ts";
import { refOfRun, subjectOfRun, type RunRow } from "./find-run.ts";

const input = z.object({
  /** Runs that ended longer ago than this. */
  days: z.number().int().min(0).max(3_650),
});

/** More are left for the next time. */
const MOST_RUNS = 50;

/** Deletes the objects of runs that ended long ago, with their pods and the pods' logs. The rows stay. */
export const trainClean = defineChange<z.infer<typeof input>>({
  name: "train-clean",
  summary: "Delete the objects of runs that ended long ago",
  input,
  risk: "destroy",
  examples: [{ command: "/train clean days=14", input: { days: 14 } }],

  async plan({ days }, deps) {
    const runs = await findLeftovers(days, deps);
    const [first] = runs;
    if (first === undefined)
      return { ok: false, failure: [{ field: "days", code: "nothing-left", given: String(days) }] };
    const places = new Set(runs.map(({ cluster, namespace }) => `${cluster}/${namespace}`));
    return {
      ok: true,
      value: {
        object: objectOf(runs),
        subject: {
          action: "train-clean",
          namespace: first.namespace,
          cluster: first.cluster,
          // Of several owners' runs it is nobody's own.
          ...(runs.every(({ owner }) => owner === first.owner) && { owner: first.owner }),
        },
        preview: {
          title: `${runs.length}`,
          cluster: [...new Set(runs.map(({ cluster }) => cluster))].join(", "),
          simulated: runs.every(({ cluster }) => deps.clusters.get(cluster)?.simulated === true),
          namespace: [...places].map((place) => place.split("/")[1]).join(", "),
          gpus: 0,
          hours: 0,
          hoursFrom: { kind: "catalogue" },
          gpuHours: 0,
          changes: runs.map(({ name, state }) => ({ path: name, from: state, to: "deleted" })),
          dryRun: { kind: "accepted", warnings: [] },
          allowed: { kind: "unknown" },
        },
      },
    };
  },

  async run(_input, object, deps) {
    const { runIds } = object["spec"] as { runIds: string[] };
    const runs = await deps.store.selectFrom("runs").selectAll().where("id", "in", runIds).execute();
    for (const run of runs) {
      const engine = [...deps.engines.values()].find(({ kind }) => kind === run.engine);
      const outcome = await engine?.remove?.(refOfRun(run), deps.person.identity);
      if (outcome?.kind === "forbidden")
        return { kind: "refused", failure: { kind: "forbidden", message: outcome.message } };
    }
    return { kind: "done" };
  },
});

/** Ended before the day, the person's to clean, and still there. */
async function findLeftovers(days: number, deps: PlanDeps): Promise<readonly RunRow[]> {
  const rows = await deps.store
    .selectFrom("runs")
    .selectAll()
    .where("ended_at", "<", new Date(deps.now().getTime() - days * 86_400_000))
    .where("state", "!=", "lost")
    .orderBy("ended_at")
    .limit(1_000)
    .execute();
  const left: RunRow[] = [];
  for (const run of rows) {
    if (left.length >= MOST_RUNS) break;
    const engine = [...deps.engines.values()].find(({ kind }) => kind === run.engine);
    if (engine?.remove === undefined || !deps.may(subjectOfRun("train-clean", run))) continue;
    try {
      if ((await engine.adopt?.(refOfRun(run), deps.person.identity)) !== undefined) left.push(run);
    } catch (error) {
      // What the person may not see is not the person's to delete.
      if (!(error instanceof ClusterForbiddenError)) throw error;
    }
  }
  return left;
}

function objectOf(runs: readonly RunRow[]): PlatformObject {
  const [first] = runs;
  return {
    apiVersion: "jibsa.dev/v1",
    kind: "CleanUp",
    metadata: { name: `clean-${runs.length}`, namespace: first?.namespace ?? "" },
    spec: { runIds: runs.map(({ id }) => id) },
  };
}
