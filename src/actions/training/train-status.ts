import { z } from "zod";
import { defineRead } from "../define-action.ts";
import { findRun, subjectOfRun, type RunRow } from "./find-run.ts";

const input = z.object({
  /** Id or name, or the beginning of one; empty: the person's latest. */
  run: z.string(),
});

export const trainStatus = defineRead<z.infer<typeof input>, RunRow>({
  name: "train-status",
  summary: "Show one run",
  input,
  risk: "read",
  examples: [{ command: "/train status sft-r1a2b3", input: { run: "sft-r1a2b3" } }],
  async read({ run }, deps) {
    const found = await findRun(deps.store, run, deps.person.slackUserId, (one) =>
      deps.may(subjectOfRun("train-status", one)),
    );
    return found.ok ? found : { ok: false, failure: [found.failure] };
  },
});
