import { z } from "zod";
import { defineRunControl } from "./control-run.ts";
import type { RunDetail } from "./engine-ports.ts";
import { refOfRun, type RunRow } from "./find-run.ts";

const input = z.object({
  /** Id or name, or the beginning of one; empty: the person's latest. */
  run: z.string(),
  decision: z.enum(["approve", "reject"]),
  /** Id or name of the gate; empty: the first that waits. */
  gate: z.string(),
});

/** Lets a run that waits at a gate go on, or ends it there. */
export const trainGate = defineRunControl<z.infer<typeof input>>({
  name: "train-gate",
  summary: "Decide a gate at which a run waits",
  input,
  risk: "change",
  examples: [
    {
      command: "/train gate approve korean-llm-r1a2b3",
      input: { run: "korean-llm-r1a2b3", decision: "approve", gate: "" },
    },
  ],
  describe: (run, { decision, gate }) => ({
    path: "gate",
    from: "waiting",
    to: `${gateOf(run, gate)?.name ?? gate}: ${decision}`,
  }),
  async apply(engine, run, { gate, decision }, deps) {
    const found = gateOf(run, gate);
    if (found === undefined) return { kind: "not-possible", message: "no-gate" };
    return (
      (await engine.decideGate?.(refOfRun(run), found.id, decision, deps.person.identity)) ?? {
        kind: "not-possible",
        message: run.engine,
      }
    );
  },
});

function gateOf(run: RunRow, wanted: string) {
  const gates = (run.detail as RunDetail).gates ?? [];
  return wanted === "" ? gates[0] : gates.find(({ id, name }) => id === wanted || name === wanted);
}
