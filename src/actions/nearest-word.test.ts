import { expect, it } from "vitest";
import { nearestWord } from "./nearest-word.ts";

it.each([
  ["strat", "start"],
  ["SFT", "sft"],
  ["stf", "sft"],
  ["learning-rte", "learning-rate"],
])("takes %s for %s", (typed, meant) => {
  expect(nearestWord(typed, ["start", "status", "sft", "learning-rate"])).toBe(meant);
});

it("suggests nothing for a word that is far from all, or very long", () => {
  expect(nearestWord("deployment", ["start", "sft"])).toBeUndefined();
  expect(nearestWord("x".repeat(100_000), ["start"])).toBeUndefined();
});
