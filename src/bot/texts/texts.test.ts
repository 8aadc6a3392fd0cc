import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { ko } from "./ko.ts";
import { localeOfSlack, localeOfText } from "./texts.ts";

describe("languages", () => {
  it("say the same things", () => {
    expect(Object.keys(ko).toSorted()).toEqual(Object.keys(en).toSorted());
    expect(Object.keys(ko.help)).toEqual(Object.keys(en.help));
  });

  it("follow the question first, then the person", () => {
    expect(localeOfText("GPU 몇 개 남았어요?", "en")).toBe("ko");
    expect(localeOfText("how many GPUs", "ko")).toBe("en");
    expect(localeOfText("??", "ko")).toBe("ko");
    expect(localeOfSlack("ko-KR")).toBe("ko");
    expect(localeOfSlack(undefined)).toBe("en");
  });

  it("name the field and what is allowed", () => {
    const problem = { field: "gpus", code: "not-an-integer", given: "0.5", allowed: "1-8" } as const;

    expect(ko.problem(problem)).toBe(
      "`gpus=0.5`: 쓸 수 없는 값이에요. 정수로 적어 주세요. 쓸 수 있는 값: `1-8`",
    );
    expect(en.problem(problem)).toContain("`1-8`");
  });
});
