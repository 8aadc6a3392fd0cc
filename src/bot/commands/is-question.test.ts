import { describe, expect, it } from "vitest";
import { isQuestion } from "./is-question.ts";

describe("a sentence", () => {
  it.each([
    "And for cpt?",
    "how long does that take",
    "so what happens then",
    "cpt는요",
    "왜 실패했는지 알려 주세요",
    "얼마나 걸려요",
    "다시 돌려도 될까요",
    "GPU가 몇 개 필요해요?",
  ])("reads like a question: %s", (text) => {
    expect(isQuestion(text)).toBe(true);
  });

  it.each([
    "Thanks, that helped!",
    "I will try that tomorrow.",
    "고마워요!",
    "내일 해 볼게요",
    "👍",
    "",
    "네 알겠습니다.",
  ])("does not: %s", (text) => {
    expect(isQuestion(text)).toBe(false);
  });
});
