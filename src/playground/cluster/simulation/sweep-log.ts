import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { podSpecOf } from "../objects/pod-shapes.ts";
import type { Run } from "./pod-life.ts";

const DEFAULT_SAMPLES = 20;
const MOST_SAMPLES = 200;
const CONCURRENT = 4;
const RATES = [1e-5, 2e-5, 5e-5, 1e-4];
const RANKS = [16, 32, 64];

export interface Sweep {
  samples: number;
}

/** A pod that runs deploy/training/ray/tune_sweep.py, by its command. */
export function sweepOf(pod: KubernetesObject): Sweep | undefined {
  const {
    args,
    command,
    env = [],
  } = (podSpecOf(pod).containers?.[0] ?? {}) as {
    args?: string[];
    command?: string[];
    env?: { name: string; value?: string }[];
  };
  const words = [...(command ?? []), ...(args ?? [])].join(" ");
  if (!words.includes("tune_sweep.py")) return undefined;
  const said = env.find(({ name }) => name === "SWEEP_SAMPLES")?.value ?? "";
  const asked = Number(/--samples[= ](\d{1,4})/.exec(words)?.[1] ?? /^\d{1,4}$/.exec(said)?.[0] ?? 0);
  return { samples: Math.min(MOST_SAMPLES, asked > 0 ? asked : DEFAULT_SAMPLES) };
}

/** What that script prints until then: a line for each change of a trial. */
export function sweepLines({ samples }: Sweep, run: Run, nowMs: number): { atMs: number; text: string }[] {
  const totalMs = Number.isFinite(run.durationMs) ? run.durationMs : 3_600_000;
  const waveMs = totalMs / Math.ceil(samples / CONCURRENT);
  const untilMs = Math.min(nowMs, run.endsAtMs);
  const lines: { atMs: number; text: string }[] = [
    { atMs: run.startedAtMs, text: `[simulated] sweep of ${samples} trials, ${CONCURRENT} at once` },
  ];
  for (let trial = 0; trial < samples; trial += 1) {
    const startMs = run.startedAtMs + Math.floor(trial / CONCURRENT) * waveMs;
    const isStoppedEarly = trial % 3 === 2;
    const endMs = startMs + waveMs * (isStoppedEarly ? 0.5 : 0.95);
    const print = (atMs: number, state: string, part: number): void => {
      if (atMs <= untilMs) lines.push({ atMs, text: textOf(trial, samples, state, part) });
    };
    print(startMs, "running", 0);
    print(startMs + waveMs * 0.4, "running", 0.4);
    print(endMs, isStoppedEarly ? "cancelled" : "succeeded", isStoppedEarly ? 0.5 : 1);
  }
  return lines.toSorted((a, b) => a.atMs - b.atMs);
}

/** `part`: how much of the trial is done. */
function textOf(trial: number, planned: number, state: string, part: number): string {
  const learningRate = RATES[trial % RATES.length] ?? 1e-5;
  const rank = RANKS[trial % RANKS.length] ?? 16;
  const floor = 1.1 + 0.4 * Math.abs(Math.log10(learningRate / 2e-5)) + 4 / rank;
  const loss = Number((floor + 1.5 * (1 - part)).toFixed(4));
  return JSON.stringify({
    jibsa: "trial",
    name: `trial-${String(trial + 1).padStart(3, "0")}`,
    state,
    parameters: { learning_rate: learningRate, lora_r: rank },
    metrics: part === 0 ? {} : { loss },
    objective: { metric: "loss", goal: "minimize" },
    planned,
  });
}
