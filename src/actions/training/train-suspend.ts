import { z } from "zod";
import { defineRunControl } from "./control-run.ts";
import { refOfRun } from "./find-run.ts";

const input = z.object({
  /** Id or name, or the beginning of one; empty: the person's latest. */
  run: z.string(),
});

/** Gives the GPUs of a run back and keeps the run; it goes on with `train-resume`. */
export const trainSuspend = defineRunControl<z.infer<typeof input>>({
  name: "train-suspend",
  summary: "Suspend a run: its GPUs are free, the run is kept",
  input,
  risk: "change",
  examples: [{ command: "/train suspend sft-r1a2b3", input: { run: "sft-r1a2b3" } }],
  describe: (run) => ({ path: "state", from: run.state, to: "suspended" }),
  apply: async (engine, run, _input, deps) =>
    (await engine.suspend?.(refOfRun(run), deps.person.identity)) ?? {
      kind: "not-possible",
      message: run.engine,
    },
});

export const trainResume = defineRunControl<z.infer<typeof input>>({
  name: "train-resume",
  summary: "Let a suspended run go on",
  input,
  risk: "change",
  examples: [{ command: "/train resume sft-r1a2b3", input: { run: "sft-r1a2b3" } }],
  describe: (run) => ({ path: "state", from: run.state, to: "resumed" }),
  apply: async (engine, run, _input, deps) =>
    (await engine.resume?.(refOfRun(run), deps.person.identity)) ?? {
      kind: "not-possible",
      message: run.engine,
    },
});
