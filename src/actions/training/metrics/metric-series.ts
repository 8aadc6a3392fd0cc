import type { MetricPoint } from "../metrics-ports.ts";
import type { StepValue } from "./read-log-metrics.ts";

/** A chart is not wider; a training may have millions of steps. */
const MOST_POINTS = 400;

/**
 * Known points and newly read ones. What was read wins for its steps; known points behind the last read step are of before a
 * restart. Above 400 points every second one goes, never the last.
 */
export function mergeSeries(known: readonly MetricPoint[], read: readonly MetricPoint[]): MetricPoint[] {
  const last = read.at(-1);
  if (last === undefined) return [...known];
  const steps = new Set(read.map(({ step }) => step));
  const merged = [...known.filter(({ step }) => step < last.step && !steps.has(step)), ...read].toSorted(
    (a, b) => a.step - b.step,
  );
  let thinned = merged;
  while (thinned.length > MOST_POINTS)
    thinned = thinned.filter((_, index) => (thinned.length - 1 - index) % 2 === 0);
  return thinned;
}

/**
 * A log has no times: steps that are new since the last look are spread evenly over the time since then. `sinceMs`: the last
 * look, or the start of the run.
 */
export function datePoints(
  points: readonly StepValue[],
  known: readonly MetricPoint[],
  sinceMs: number,
  nowMs: number,
): MetricPoint[] {
  const lastKnown = known.at(-1);
  const newest = points.at(-1)?.step ?? 0;
  const from = lastKnown !== undefined && lastKnown.step < newest ? lastKnown.step : 0;
  const begin = from === 0 ? sinceMs : (lastKnown?.atMs ?? sinceMs);
  const times = new Map(known.map(({ step, atMs }) => [step, atMs]));
  return points.map(({ step, value }) => {
    const part = newest === from ? 1 : Math.max(0, (step - from) / (newest - from));
    const estimated = Math.round(begin + part * (nowMs - begin));
    return { step, value, atMs: step <= from ? (times.get(step) ?? begin) : estimated };
  });
}
