import { z } from "zod";
import { defineRunControl } from "./control-run.ts";
import { refOfRun } from "./find-run.ts";
import { reopenRun } from "./reopen-run.ts";

const input = z.object({
  /** Id or name, or the beginning of one; empty: the person's latest. */
  run: z.string(),
});

/** Continues a failed run on its platform: what succeeded in it is kept. */
export const trainRetry = defineRunControl<z.infer<typeof input>>({
  name: "train-retry",
  summary: "Continue a failed run where it failed",
  input,
  risk: "change",
  reservesGpus: "at-once",
  examples: [{ command: "/train continue korean-llm-r1a2b3", input: { run: "korean-llm-r1a2b3" } }],
  describe: (run) => ({ path: "state", from: run.state, to: "continued" }),
  async apply(engine, run, _input, deps) {
    const outcome = (await engine.retry?.(refOfRun(run), deps.person.identity)) ?? {
      kind: "not-possible" as const,
      message: run.engine,
    };
    // "unchanged": it runs already, because an earlier try got so far.
    if (outcome.kind === "done" || outcome.kind === "unchanged") await reopenRun(deps, run.id);
    return outcome;
  },
});

const trialsInput = input.extend({
  /** Trials in all. */
  total: z.number().int().min(1).max(10_000),
});

/** Gives a sweep more trials; one that has used up its trials goes on. */
export const trainTrials = defineRunControl<z.infer<typeof trialsInput>>({
  name: "train-trials",
  summary: "Give a sweep more trials",
  input: trialsInput,
  risk: "change",
  reservesGpus: "at-once",
  examples: [
    { command: "/train trials sft-katib-r1a2b3 total=24", input: { run: "sft-katib-r1a2b3", total: 24 } },
  ],
  describe: (_run, { total }) => ({ path: "trials", from: "", to: String(total) }),
  async apply(engine, run, { total }, deps) {
    const outcome = (await engine.raiseTrials?.(refOfRun(run), total, deps.person.identity)) ?? {
      kind: "not-possible" as const,
      message: run.engine,
    };
    if (outcome.kind === "done" || outcome.kind === "unchanged") await reopenRun(deps, run.id);
    return outcome;
  },
});
