import { describe, expect, it } from "vitest";
import { compareVersions, neededVersion } from "./find-go.ts";

describe("the Go that is needed", () => {
  it("is what go.mod says", () => {
    expect(neededVersion("module example.com/servers\n\ngo 1.26.8\n\ntool example.com/x\n")).toBe("1.26.8");
  });

  it.each([
    ["1.26.8", "1.26.8", 0],
    ["1.26.10", "1.26.8", 1],
    ["1.9", "1.26", -1],
    ["1.27", "1.26.8", 1],
    ["1.26.8-X:nodwarf5", "1.26.8", 0],
  ])("%s against %s", (left, right, sign) => {
    expect(Math.sign(compareVersions(left, right))).toBe(sign);
  });
});
