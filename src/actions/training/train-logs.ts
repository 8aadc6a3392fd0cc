import { z } from "zod";
import { defineRead } from "../define-action.ts";
import type { LogLine } from "./engine-ports.ts";
import { findRun, refOfRun, subjectOfRun, type RunRow } from "./find-run.ts";

const input = z.object({
  /** Id or name, or the beginning of one; empty: the person's latest. */
  run: z.string(),
  /** Last lines of each pod, 1 to 500. */
  lines: z.number().int().min(1).max(500),
  /** Only lines that hold this text, whatever the case; never a pattern. */
  grep: z.string().min(1).max(200).optional(),
});

/** Of each pod, from the end. */
const SEARCHED_LINES = 5_000;

export function holdsText(line: string, text: string): boolean {
  return line.toLowerCase().includes(text.toLowerCase());
}

export const trainLogs = defineRead<
  z.infer<typeof input>,
  { run: RunRow; lines: readonly LogLine[]; grep?: string }
>({
  name: "train-logs",
  summary: "Show the last lines of a run's log",
  input,
  risk: "read",
  examples: [
    { command: "/train logs sft-r1a2b3 lines=40", input: { run: "sft-r1a2b3", lines: 40 } },
    {
      command: "/train logs sft-r1a2b3 grep=loss",
      input: { run: "sft-r1a2b3", lines: 50, grep: "loss" },
    },
  ],
  async read({ run, lines, grep }, deps) {
    const found = await findRun(deps.store, run, deps.person.slackUserId, (one) =>
      deps.may(subjectOfRun("train-logs", one)),
    );
    if (!found.ok) return { ok: false, failure: [found.failure] };
    const engine = [...deps.engines.values()].find(({ kind }) => kind === found.value.engine);
    if (engine === undefined) throw new Error(`engine ${found.value.engine} is not configured`);
    const tailLines = grep === undefined ? lines : SEARCHED_LINES;
    const collected: LogLine[] = [];
    for await (const line of engine.logs(refOfRun(found.value), deps.person.identity, { tailLines }))
      if (grep === undefined || holdsText(line.text, grep)) collected.push(line);
    if (grep === undefined) return { ok: true, value: { run: found.value, lines: collected } };
    return { ok: true, value: { run: found.value, lines: collected.slice(-lines), grep } };
  },
});
