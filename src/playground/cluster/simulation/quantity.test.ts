import { describe, expect, it } from "vitest";
import { parseQuantity } from "./quantity.ts";

describe("a quantity", () => {
  it.each([
    ["8", 8],
    [2, 2],
    ["500m", 0.5],
    ["1.5", 1.5],
    ["1000Gi", 1000 * 2 ** 30],
    ["10Ti", 10 * 2 ** 40],
    ["2k", 2000],
    ["1e3", 1000],
    ["-1", -1],
    ["", undefined],
    ["1 Gi", undefined],
    ["Gi", undefined],
    ["1GiB", undefined],
    [Number.NaN, undefined],
    [null, undefined],
    ["9".repeat(400), undefined],
  ])("%j is %s", (text, amount) => {
    expect(parseQuantity(text)).toBe(amount);
  });
});
