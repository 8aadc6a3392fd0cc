import { randomInt } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scoreRanking } from "./ranking-metrics.ts";

const SEED = Number(process.env["JIBSA_PROPERTY_SEED"] ?? randomInt(2 ** 31));

describe("the score of a ranking", () => {
  it("is full where the only gold page comes first, and nothing where none is found", () => {
    const first = scoreRanking(["a", "b"], new Set(["a"]));
    const none = scoreRanking(["b"], new Set(["a"]));

    expect(Object.values(first)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(Object.values(none)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("falls with the rank, and counts each gold page", () => {
    const score = scoreRanking(["x", "a", "y", "b"], new Set(["a", "b"]));

    expect(score).toMatchObject({ recallAt1: 0, recallAt5: 1, reciprocalRank: 0.5, hitAt10: 1 });
    expect(score.ndcgAt10).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3)), 10);
  });

  it("looks at no more than ten pages", () => {
    const pages = Array.from({ length: 10 }, (_, index) => `page ${index}`);

    expect(scoreRanking([...pages, "a"], new Set(["a"])).hitAt10).toBe(0);
  });

  it(`lies between 0 and 1 and never falls when a gold page moves forward (JIBSA_PROPERTY_SEED=${SEED})`, () => {
    const pages = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String), {
      minLength: 2,
      maxLength: 15,
    });
    fc.assert(
      fc.property(pages, fc.nat(), (order, choice) => {
        const at = 1 + (choice % (order.length - 1));
        const gold = new Set([order[at] ?? ""]);
        const moved = order.with(at - 1, order[at] ?? "").with(at, order[at - 1] ?? "");
        const before = Object.values(scoreRanking(order, gold));
        const after = Object.values(scoreRanking(moved, gold));
        expect(before.every((value, index) => value >= 0 && value <= (after[index] ?? 0))).toBe(true);
        expect(after.every((value) => value <= 1)).toBe(true);
      }),
      { seed: SEED },
    );
  });
});
