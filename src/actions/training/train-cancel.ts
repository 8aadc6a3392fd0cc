import { sql } from "kysely";
import { z } from "zod";
import { defineChange } from "../define-action.ts";
import type { PlatformObject } from "../ports.ts";
import { findRun, refOfRun, subjectOfRun, type RunRow } from "./find-run.ts";

const input = z.object({
  /** Id or name, or the beginning of one; empty: the person's latest. */
  run: z.string(),
});

/** Ends a run. Its end is told by the run itself, once the platform has let go of it. */
export const trainCancel = defineChange<z.infer<typeof input>>({
  name: "train-cancel",
  summary: "Cancel a run",
  input,
  risk: "destroy",
  examples: [{ command: "/train cancel sft-r1a2b3", input: { run: "sft-r1a2b3" } }],

  async plan({ run: text }, deps) {
    // A run that may be looked at is named, so that a refusal says which rule forbids it.
    const found = await findRun(deps.store, text, deps.person.slackUserId, (one) =>
      ["train-cancel", "train-status", "train-list"].some((action) => deps.may(subjectOfRun(action, one))),
    );
    if (!found.ok) return { ok: false, failure: [found.failure] };
    const run = found.value;
    return {
      ok: true,
      value: {
        object: describe(run),
        subject: subjectOfRun("train-cancel", run),
        preview: {
          title: `${run.title} (${run.name})`,
          cluster: run.cluster,
          simulated: deps.clusters.get(run.cluster)?.simulated ?? false,
          namespace: run.namespace,
          gpus: run.gpus,
          hours: 0,
          hoursFrom: { kind: "catalogue" },
          gpuHours: 0,
          changes: [{ path: "state", from: run.state, to: "cancelled" }],
          dryRun: { kind: "accepted", warnings: [] },
          allowed: { kind: "unknown" },
        },
      },
    };
  },

  async run(_input, object, deps) {
    const run = await deps.store
      .selectFrom("runs")
      .selectAll()
      .where("id", "=", (object["spec"] as { runId?: string } | undefined)?.runId ?? "")
      .executeTakeFirst();
    if (run === undefined)
      return { kind: "refused", failure: { kind: "invalid", message: "no such run", fields: [] } };
    // Written first: whoever sees the object gone must know that it was asked for.
    await deps.store
      .updateTable("runs")
      .set({ cancel_requested_by: deps.person.slackUserId, cancel_requested_at: deps.now() })
      .where("id", "=", run.id)
      .where("cancel_requested_at", "is", null)
      .execute();
    const engine = [...deps.engines.values()].find(({ kind }) => kind === run.engine);
    if (engine === undefined) throw new Error(`engine ${run.engine} is not configured`);
    const outcome = await engine.cancel(refOfRun(run), deps.person.identity);
    switch (outcome.kind) {
      case "forbidden":
        await deps.store
          .updateTable("runs")
          .set({ cancel_requested_by: null, cancel_requested_at: sql<null>`null` })
          .where("id", "=", run.id)
          .execute();
        return { kind: "refused", failure: outcome };
      case "cancelled":
      case "already-ended":
      case "not-found":
        return { kind: "done" };
    }
    return outcome satisfies never;
  },
});

/** A cancellation has no object of its own; what it is bound to is the run. */
function describe(run: RunRow): PlatformObject {
  return {
    apiVersion: "jibsa.dev/v1",
    kind: "Cancellation",
    metadata: { name: run.name, namespace: run.namespace },
    spec: { runId: run.id, uid: run.uid },
  };
}
