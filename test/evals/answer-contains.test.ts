import { describe, expect, it } from "vitest";
import { answerContains } from "./answer-contains.ts";

describe("whether an answer holds a gold answer", () => {
  it("minds neither case, spaces nor marks of Markdown", () => {
    expect(
      answerContains("Set **`nodeStatusOffLoad`** to true [1]", [
        "nodestatusoffload: true",
        "NodeStatusOffload",
      ]),
    ).toBe(true);
    expect(answerContains("1974년 8월 15일에 개통되었다", ["1974년8월15일"])).toBe(true);
  });

  it("needs one of them whole", () => {
    expect(answerContains("the default is OnError", ["OnFailure"])).toBe(false);
    expect(answerContains("anything", ["", "*"])).toBe(false);
  });
});
