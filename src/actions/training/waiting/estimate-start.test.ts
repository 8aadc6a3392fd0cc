import fc from "fast-check";
import { expect, it } from "vitest";
import { estimateStart, gpuClass } from "./estimate-start.ts";

const minutes = (number: number) => number * 60_000;
const since = new Date("2026-11-24T06:00:00Z");
const at = (number: number) => new Date(since.getTime() + minutes(number));

it("a start is expected in the middle half of the similar waits", () => {
  const waits = [10, 20, 30, 40, 50].map(minutes);

  expect(estimateStart(waits, since, since)).toEqual({ kind: "range", from: at(20), to: at(40), waits: 5 });
});

it("only waits count that were as long as this one is already", () => {
  const waits = [1, 1, 1, 60, 70, 80, 90, 100].map(minutes);

  expect(estimateStart(waits, since, at(30))).toEqual({ kind: "range", from: at(70), to: at(90), waits: 5 });
  expect(estimateStart(waits, since, at(75))).toEqual({ kind: "longer-than-usual", waits: 8 });
});

it("fewer than five waits are no history", () => {
  expect(estimateStart([1, 2, 3, 4].map(minutes), since, since)).toEqual({
    kind: "no-history",
    waits: 4,
    needed: 5,
  });
});

it("a range lies ahead and is the right way round", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 30_000, max: 10 ** 8 }), { minLength: 5, maxLength: 50 }),
      fc.integer({ min: 0, max: 10 ** 8 }),
      (waits, waitedMs) => {
        const now = new Date(since.getTime() + waitedMs);
        const estimate = estimateStart(waits, since, now);
        if (estimate.kind !== "range") return;
        expect(estimate.from.getTime()).toBeLessThanOrEqual(estimate.to.getTime());
        expect(estimate.from.getTime()).toBeGreaterThan(now.getTime());
      },
    ),
  );
});

it.each([
  [0, 0, 0],
  [1, 1, 1],
  [2, 2, 2],
  [3, 3, 4],
  [4, 3, 4],
  [8, 5, 8],
  [9, 9, 16],
])("%s GPUs wait like %s to %s", (gpus, least, most) => {
  expect(gpuClass(gpus)).toEqual({ least, most });
});
