import type { z } from "zod";
import { defineChange, type ActionDeps, type ChangeAction, type ChangeOutcome } from "../define-action.ts";
import type { PlatformObject } from "../ports.ts";
import type { CancelOutcome, ControlOutcome, TrainingEngine } from "./engine-ports.ts";
import { findRun, subjectOfRun, type RunRow } from "./find-run.ts";

interface RunControl<Input extends { run: string }> {
  name: string;
  summary: string;
  risk: "change" | "destroy";
  reservesGpus?: "at-once";
  input: z.ZodType<Input>;
  examples: readonly { command: string; input: Input }[];
  /** What of the run changes, for its preview; what it names is part of what an approval is bound to. */
  describe(run: RunRow, input: Input): { path: string; from: string; to: string };
  apply(
    engine: TrainingEngine,
    run: RunRow,
    input: Input,
    deps: ActionDeps,
  ): Promise<ControlOutcome | CancelOutcome>;
}

/** Something done to one existing run: found, shown, and then done as the person. It has no object of its own; what it is bound to is the run. */
export function defineRunControl<Input extends { run: string }>(
  control: RunControl<Input>,
): ChangeAction<Input> {
  const { name, summary, risk, reservesGpus, input, examples } = control;
  return defineChange<Input>({
    name,
    summary,
    risk,
    ...(reservesGpus !== undefined && { reservesGpus }),
    input,
    examples,
    async plan(given, deps) {
      // A run that may be looked at is named, so that a refusal says which rule forbids it.
      const found = await findRun(deps.store, given.run, deps.person.slackUserId, (one) =>
        [name, "train-status", "train-list"].some((action) => deps.may(subjectOfRun(action, one))),
      );
      if (!found.ok) return { ok: false, failure: [found.failure] };
      const run = found.value;
      const change = control.describe(run, given);
      return {
        ok: true,
        value: {
          object: objectOf(name, run, change),
          subject: subjectOfRun(name, run),
          preview: {
            title: `${run.title} (${run.name})`,
            cluster: run.cluster,
            simulated: deps.clusters.get(run.cluster)?.simulated ?? false,
            namespace: run.namespace,
            gpus: run.gpus,
            hours: 0,
            hoursFrom: { kind: "catalogue" },
            gpuHours: 0,
            changes: [change],
            dryRun: { kind: "accepted", warnings: [] },
            allowed: { kind: "unknown" },
          },
        },
      };
    },
    async run(given, object, deps): Promise<ChangeOutcome> {
      const runId = (object["spec"] as { runId?: string } | undefined)?.runId ?? "";
      const run = await deps.store.selectFrom("runs").selectAll().where("id", "=", runId).executeTakeFirst();
      if (run === undefined)
        return { kind: "refused", failure: { kind: "invalid", message: "no such run", fields: [] } };
      const engine = [...deps.engines.values()].find(({ kind }) => kind === run.engine);
      if (engine === undefined) throw new Error(`engine ${run.engine} is not configured`);
      const outcome = await control.apply(engine, run, given, deps);
      switch (outcome.kind) {
        case "done":
        case "unchanged":
        case "cancelled":
          return { kind: "done" };
        case "already-ended":
          // Who wants an ended run to end has what was wanted.
          return risk === "destroy"
            ? { kind: "done" }
            : { kind: "refused", failure: { kind: "ended", message: outcome.state } };
        case "not-found":
          return risk === "destroy"
            ? { kind: "done" }
            : { kind: "refused", failure: { kind: "ended", message: "lost" } };
        case "forbidden":
        case "not-possible":
          return { kind: "refused", failure: outcome };
      }
      return outcome satisfies never;
    },
  });
}

function objectOf(action: string, run: RunRow, change: { path: string; to: string }): PlatformObject {
  return {
    apiVersion: "jibsa.dev/v1",
    kind: "RunControl",
    metadata: { name: run.name, namespace: run.namespace },
    spec: { action, runId: run.id, uid: run.uid, [change.path]: change.to },
  };
}
