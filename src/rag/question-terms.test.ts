import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { questionTerms } from "./question-terms.ts";

const words = (text: string) => questionTerms(text).map((term) => term.text);
const ways = (text: string) =>
  questionTerms(text).flatMap((term) => term.alternatives.map((tokens) => tokens.join(" ")));

describe("questionTerms", () => {
  it.each([
    ["How do I retry a failed run?", ["retry", "failed", "run"]],
    ["실패한 학습을 재시도하려면 어떻게 해요?", ["실패한", "학습을", "재시도하려면"]],
    ["GPU를 몇 개까지 쓸 수 있나요?", ["GPU"]],
    ["이게 뭐예요?", []],
    ["what is it", []],
    ["노드 노드 node", ["노드", "node"]],
  ])("takes from %j the words %j", (text, terms) => {
    expect(words(text)).toEqual(terms);
  });

  it.each([
    ["재시도를 걸려면", "retry"],
    ["큐에서 기다려요", "queu"],
    ["체크포인트에서 재개", "checkpoint"],
    ["러닝 레이트", "learn rat"],
    ["learning rate", "학습 습률"],
    ["multi-node", "멀티 티노 노드"],
    ["승인은 누가 해요", "approv"],
    ["노트북 반납", "notebook"],
  ])("looks for %j in the other language too: %j", (text, tokens) => {
    expect(ways(text)).toContain(tokens);
  });

  it("puts the words as asked first, and counts how many are in the same language", () => {
    const [term] = questionTerms("취소");

    expect(term).toMatchObject({ alternatives: [["취소"], ["취소"], ["cancel"]], inOwnLanguage: 2 });
  });

  it("bears any text, and gives at most 40 terms with tokens each", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
        const terms = questionTerms(text);
        expect(terms.length).toBeLessThanOrEqual(40);
        for (const { alternatives } of terms) {
          expect(alternatives.length).toBeGreaterThan(0);
          for (const tokens of alternatives) expect(tokens.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
