import type { GpuUse, MetricPoint, MetricsLink } from "../metrics-ports.ts";

/** What the message of a run shows of its metrics. */
export interface MetricsSummary {
  loss?: number;
  /** Against the value nearest to ten minutes ago. */
  lossChange?: { by: number; minutes: number };
  evalLoss?: number;
  learningRate?: number;
  tokensPerSecond?: number;
  /** Mean over the run's GPUs, newest sample. */
  gpuPercent?: number;
  links?: readonly MetricsLink[];
}

const COMPARED_OVER_MS = 10 * 60_000;

export function lossChange(loss: readonly MetricPoint[]): MetricsSummary["lossChange"] {
  const last = loss.at(-1);
  if (last === undefined) return undefined;
  const away = ({ atMs }: MetricPoint) => Math.abs(last.atMs - COMPARED_OVER_MS - atMs);
  const earlier = loss.reduce((nearest, point) => (away(point) <= away(nearest) ? point : nearest), last);
  const minutes = Math.round((last.atMs - earlier.atMs) / 60_000);
  return minutes < 1 ? undefined : { by: Number((last.value - earlier.value).toPrecision(12)), minutes };
}

/** Of the newest samples that are at most two minutes apart. */
export function newestGpuUse(use: readonly GpuUse[]): number | undefined {
  const last = use.flatMap(({ samples }) => samples.at(-1) ?? []);
  const newestMs = Math.max(0, ...last.map(({ atMs }) => atMs));
  const recent = last.filter(({ atMs }) => atMs >= newestMs - 120_000);
  if (recent.length === 0) return undefined;
  return Math.round(recent.reduce((sum, { percent }) => sum + percent, 0) / recent.length);
}
