import { code, escapeMrkdwn } from "../escape.ts";
import type { comparisonTextsEn } from "./comparison-texts-en.ts";

/** The same in Korean. */
export const comparisonTextsKo: typeof comparisonTextsEn = {
  title: (first, second) => `${escapeMrkdwn(first)}, ${escapeMrkdwn(second)} 답변 비교`,
  better: (model) => `${model} 이 나아요`,
  voted: (model) => `${code(model)} 에 투표했어요. 다른 버튼을 누르면 바꿀 수 있어요.`,
  wroteNothing: "쓸 수 있는 답이 없어서 문서에서 옮겼어요",
  notCounted: "토큰 수 알 수 없음",
  tokens: (prompt, answer) => `토큰 ${prompt} + ${answer}`,
  howTo: (models) =>
    models.length < 2
      ? "비교하려면 모델이 두 개 있어야 하는데 지금은 없어요."
      : `서로 다른 모델 두 개를 적어 주세요: ${code(`/ask --compare ${models.slice(0, 2).join(",")} 실행은 어떻게 다시 돌려요?`)}. 쓸 수 있는 모델은 ${models.map(code).join(", ")}예요.`,
};
