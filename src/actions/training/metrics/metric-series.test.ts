import { describe, expect, it } from "vitest";
import { datePoints, mergeSeries } from "./metric-series.ts";
import { lossChange, newestGpuUse } from "./summarise-metrics.ts";

const at = (step: number, value: number, atMs = 0) => ({ step, value, atMs });
const MINUTE = 60_000;

describe("a series", () => {
  it("takes new points, and drops those of before a restart", () => {
    const known = [at(1, 9), at(2, 8), at(3, 7), at(9, 1)];

    expect(mergeSeries(known, [at(3, 6), at(4, 5)])).toEqual([at(1, 9), at(2, 8), at(3, 6), at(4, 5)]);
    expect(mergeSeries(known, [])).toEqual(known);
  });

  it("is thinned to what a chart can show, and keeps its last point", () => {
    const long = Array.from({ length: 5_001 }, (_, step) => at(step, step));

    const thinned = mergeSeries(long.slice(0, 4_000), long.slice(4_000));

    expect(thinned.length).toBeLessThanOrEqual(400);
    expect(thinned.length).toBeGreaterThan(200);
    expect(thinned.at(-1)?.step).toBe(5_000);
  });

  it("of a log is dated by when it was looked at", () => {
    const first = datePoints([at(10, 3), at(20, 2)], [], 0, 20 * MINUTE);
    const later = datePoints([at(20, 2), at(30, 1)], first, 0, 40 * MINUTE);

    expect(first.map(({ atMs }) => atMs / MINUTE)).toEqual([10, 20]);
    expect(later.map(({ atMs }) => atMs / MINUTE)).toEqual([20, 40]);
  });
});

describe("the summary", () => {
  it("compares the loss with that of ten minutes ago, or with the oldest since", () => {
    const points = [at(1, 9, 0), at(2, 1.5, 5 * MINUTE), at(3, 1.25, 14 * MINUTE)];

    expect(lossChange(points)).toEqual({ by: -0.25, minutes: 9 });
    expect(lossChange([at(1, 2, 0), at(2, 1, 20_000)])).toBeUndefined();
    expect(lossChange([])).toBeUndefined();
  });

  it("shows the mean of the newest GPU use, without a pod that has none any more", () => {
    const use = [
      { pod: "a", samples: [{ atMs: 10 * MINUTE, percent: 90 }] },
      { pod: "b", samples: [{ atMs: 10 * MINUTE, percent: 71 }] },
      { pod: "gone", samples: [{ atMs: 2 * MINUTE, percent: 1 }] },
    ];

    expect(newestGpuUse(use)).toBe(81);
    expect(newestGpuUse([])).toBeUndefined();
  });
});
