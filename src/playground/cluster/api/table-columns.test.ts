import { describe, expect, it } from "vitest";
import { durationText } from "./table-columns.ts";

describe("an age", () => {
  it.each([
    [-5, "0s"],
    [59, "59s"],
    [119, "119s"],
    [120, "2m"],
    [200, "3m20s"],
    [600, "10m"],
    [3 * 3_600, "3h"],
    [5 * 3_600 + 600, "5h10m"],
    [26 * 3_600, "26h"],
    [3 * 86_400 + 4 * 3_600, "3d4h"],
    [12 * 86_400, "12d"],
    [Number.NaN, "<unknown>"],
  ])("of %s seconds is %s", (seconds, text) => {
    expect(durationText(seconds * 1_000)).toBe(text);
  });
});
