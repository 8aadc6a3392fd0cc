import { sql } from "kysely";
import { z } from "zod";
import { defineRunControl } from "./control-run.ts";
import { refOfRun } from "./find-run.ts";

const input = z.object({
  /** Id or name, or the beginning of one; empty: the person's latest. */
  run: z.string(),
});

/** Ends a run. Its end is told by the run itself, once the platform has let go of it. */
export const trainCancel = defineRunControl<z.infer<typeof input>>({
  name: "train-cancel",
  summary: "Cancel a run",
  input,
  risk: "destroy",
  examples: [{ command: "/train cancel sft-r1a2b3", input: { run: "sft-r1a2b3" } }],
  describe: (run) => ({ path: "state", from: run.state, to: "cancelled" }),
  async apply(engine, run, _input, deps) {
    // Written first: whoever sees the object gone must know that it was asked for.
    await deps.store
      .updateTable("runs")
      .set({ cancel_requested_by: deps.person.slackUserId, cancel_requested_at: deps.now() })
      .where("id", "=", run.id)
      .where("cancel_requested_at", "is", null)
      .execute();
    const outcome = await engine.cancel(refOfRun(run), deps.person.identity);
    if (outcome.kind === "forbidden")
      await deps.store
        .updateTable("runs")
        .set({ cancel_requested_by: null, cancel_requested_at: sql<null>`null` })
        .where("id", "=", run.id)
        .execute();
    return outcome;
  },
});
