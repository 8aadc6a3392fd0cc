import type { GpuUse, MetricPoint } from "../metrics-ports.ts";

export interface LowGpuSettings {
  /** Below it use counts as low. */
  percent: number;
  /** For how long it must have been. */
  minutes: number;
}

/** Why GPUs may idle, as far as it can be seen from outside. */
export type LowGpuReason =
  /** Some pods compute, others do not. */
  | { kind: "some-pods-idle"; pods: readonly string[] }
  /** Its log has shown no new step for so long: it hangs, or it waits for data, a download or a checkpoint. */
  | { kind: "no-new-step"; minutes: number }
  /** No step so far: it loads data or a model, or it prints none. */
  | { kind: "no-step-yet" }
  /** It trains and the GPUs wait in between: data loading, or batches that are too small. */
  | { kind: "starved" };

export type GpuVerdict =
  /** Too few samples to say anything. */
  | { kind: "unknown" }
  | { kind: "fine" }
  | { kind: "low"; percent: number; minutes: number; reason: LowGpuReason };

const STEP_AWAITED_MS = 3 * 60_000;

/** Low: every moment of the last `minutes` was, over all pods, and there were enough samples of them. Pure. */
export function judgeGpuUse(
  use: readonly GpuUse[],
  loss: readonly MetricPoint[],
  { percent, minutes }: LowGpuSettings,
  nowMs: number,
): GpuVerdict {
  const fromMs = nowMs - minutes * 60_000;
  const moments = new Map<number, number[]>();
  for (const { samples } of use)
    for (const sample of samples) {
      if (sample.atMs < fromMs) continue;
      moments.set(sample.atMs, [...(moments.get(sample.atMs) ?? []), sample.percent]);
    }
  const means = [...moments]
    .toSorted(([a], [b]) => a - b)
    .map(([atMs, values]) => ({ atMs, mean: mean(values) }));
  const [first] = means;
  const last = means.at(-1);
  if (first === undefined || last === undefined || nowMs - last.atMs > 120_000) return { kind: "unknown" };
  if (means.some((one) => one.mean >= percent)) return { kind: "fine" };
  const isCovered = first.atMs <= fromMs + 90_000 && means.length >= Math.max(2, minutes / 2);
  if (!isCovered) return { kind: "unknown" };
  return {
    kind: "low",
    percent: Math.round(mean(means.map((one) => one.mean))),
    minutes,
    reason: likelyReason(use, loss, percent, fromMs, nowMs),
  };
}

function likelyReason(
  use: readonly GpuUse[],
  loss: readonly MetricPoint[],
  percent: number,
  fromMs: number,
  nowMs: number,
): LowGpuReason {
  const ofPods = use.map(({ pod, samples }) => ({
    pod,
    mean: mean(samples.filter(({ atMs }) => atMs >= fromMs).map((sample) => sample.percent)),
  }));
  const idle = ofPods.filter((one) => one.mean < percent / 5);
  if (idle.length > 0 && ofPods.some((one) => one.mean >= percent))
    return { kind: "some-pods-idle", pods: idle.slice(0, 5).map(({ pod }) => pod) };
  const last = loss.at(-1);
  if (last === undefined) return { kind: "no-step-yet" };
  if (nowMs - last.atMs >= STEP_AWAITED_MS)
    return { kind: "no-new-step", minutes: Math.round((nowMs - last.atMs) / 60_000) };
  return { kind: "starved" };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
