import { randomInt } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalAuroc, refusedAt5Percent } from "./refusal-metrics.ts";

const SEED = Number(process.env["JIBSA_PROPERTY_SEED"] ?? randomInt(2 ** 31));

describe("how well confidence tells questions without an answer", () => {
  it("is 1 where it divides them, 0.5 where it says nothing, 0 where it is upside down", () => {
    expect(refusalAuroc([0.8, 0.9], [0.1, 0.2])).toBe(1);
    expect(refusalAuroc([0.5, 0.5], [0.5])).toBe(0.5);
    expect(refusalAuroc([0.1], [0.9])).toBe(0);
  });

  it("is not known where one side is missing", () => {
    expect(refusalAuroc([], [0.1])).toBeUndefined();
    expect(refusedAt5Percent([0.1], [])).toBeUndefined();
  });

  it(`is the share of pairs in the right order (JIBSA_PROPERTY_SEED=${SEED})`, () => {
    const confidences = fc.array(
      fc.integer({ min: 0, max: 9 }).map((tenth) => tenth / 10),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(confidences, confidences, (answerable, unanswerable) => {
        const pairs = answerable.flatMap((high) =>
          unanswerable.map((low) => (high > low ? 1 : high === low ? 0.5 : 0)),
        );
        const share = pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length;
        expect(refusalAuroc(answerable, unanswerable)).toBeCloseTo(share, 10);
      }),
      { seed: SEED },
    );
  });

  it("refuses with at most one of twenty answerable questions lost", () => {
    const answerable = Array.from({ length: 20 }, (_, index) => 0.3 + index / 100);

    expect(refusedAt5Percent(answerable, [0.1, 0.305, 0.5])).toBeCloseTo(2 / 3, 10);
  });
});
