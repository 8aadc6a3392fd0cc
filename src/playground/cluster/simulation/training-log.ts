import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { podSpecOf } from "../objects/pod-shapes.ts";
import { executorLog, isExecutor } from "./argo/executor-log.ts";
import { lifeOf, type Run } from "./pod-life.ts";
import { parseQuantity } from "./quantity.ts";
import { sweepLines, sweepOf } from "./sweep-log.ts";

const STEPS = 200;
const STEP_OF_ENDLESS_MS = 30_000;
const STEPS_OF_ENDLESS = 1_000_000;
const MOST_LINES = 5_000;
const PEAK_LEARNING_RATE = 2e-5;
const TOKENS_PER_SECOND_AND_GPU = 3_150;

interface Line {
  atMs: number;
  text: string;
}

/** What a trainer has printed by now, oldest first, at most 5,000 lines; undefined before its first run. */
export function readTrainingLog(
  pod: KubernetesObject,
  nowMs: number,
  defaultDurationMs: number,
  previous: boolean,
): Line[] | undefined {
  const life = lifeOf(pod, nowMs, defaultDurationMs);
  const run = previous ? life?.previousRun : life?.run;
  if (run !== undefined && isExecutor(pod)) return executorLog(run, nowMs);
  return run && linesOf(pod, run, nowMs);
}

function linesOf(pod: KubernetesObject, run: Run, nowMs: number): Line[] {
  const sweep = sweepOf(pod);
  if (sweep !== undefined) return sweepLines(sweep, run, nowMs);
  const spec = podSpecOf(pod);
  const gpus = (spec.containers ?? []).reduce(
    (sum, { resources }) => sum + (parseQuantity(resources?.limits?.["nvidia.com/gpu"]) ?? 0),
    0,
  );
  const isEndless = !Number.isFinite(run.durationMs);
  const total = isEndless ? STEPS_OF_ENDLESS : STEPS;
  const stepMs = isEndless ? STEP_OF_ENDLESS_MS : run.durationMs / STEPS;
  const untilMs = Math.min(nowMs, run.endsAtMs);
  const last = Math.min(total, Math.floor((untilMs - run.startedAtMs) / stepMs));
  const first = Math.max(1, last - MOST_LINES + 1);
  const lines: Line[] = [];
  const print = (atMs: number, text: string): void => {
    lines.push({ atMs, text });
  };
  if (first === 1) {
    const main = spec.containers?.find(({ name }) => name === "main") ?? spec.containers?.[0];
    const image = main?.image ?? "image";
    print(run.startedAtMs, `[simulated] ${image} on ${spec.nodeName ?? ""}, ${gpus} GPU(s)`);
    print(run.startedAtMs, "Loading checkpoint shards: 100%|██████████| 4/4 [00:09<00:00,  2.31s/it]");
    print(run.startedAtMs, "***** Running training *****");
  }
  for (let step = first; step <= last; step += 1)
    print(run.startedAtMs + step * stepMs, stepText(step, total, Math.max(1, gpus)));
  if (nowMs >= run.endsAtMs) for (const text of lastWords(run)) print(run.endsAtMs, text);
  return lines;
}

function stepText(step: number, total: number, gpus: number): string {
  const loss = 0.9 + 1.6 * Math.exp(-step / 60) + 0.03 * Math.sin(step * 1.7);
  const learningRate = PEAK_LEARNING_RATE * Math.min(1, step / 10) * (1 - step / total);
  const tokensPerSecond = Math.round(gpus * TOKENS_PER_SECOND_AND_GPU * (1 + 0.02 * Math.sin(step)));
  return `step ${step}/${total} loss ${loss.toFixed(4)} lr ${learningRate.toExponential(2)} ${tokensPerSecond} tok/s`;
}

function lastWords({ reason, exitCode }: Run): string[] {
  // Told to stop: nothing is printed.
  if (exitCode === 143) return [];
  switch (reason) {
    case "Completed":
      return ["Training completed. Model saved to /output"];
    // The kernel kills it in the middle: nothing is printed.
    case "OOMKilled":
      return [];
    case "Error":
      return [
        "Traceback (most recent call last):",
        '  File "/workspace/scripts/train.py", line 214, in <module>',
        "    trainer.train()",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.10 GiB of which 1.94 GiB is free.",
      ];
    default:
      return reason satisfies never;
  }
}
