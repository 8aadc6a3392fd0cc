import { code, escapeMrkdwn } from "../escape.ts";
import type { curatedTextsEn } from "./curated-texts-en.ts";

/** The same in Korean. */
export const curatedTextsKo: typeof curatedTextsEn = {
  mode: (person, date) => `${person} 님이 쓴 답변, ${date}`,
  why: "이런 질문에 쓰라고 사람이 적어 둔 답변이에요. 누가 언제 썼는지는 답변 아래에 있고, 근거 페이지도 링크돼 있어요.",
  label: "맞는 답변",
  hint: "비슷한 질문에 이름과 이 답변의 페이지를 붙여 먼저 보여 드려요. 페이지가 바뀌면 더는 쓰지 않아요. 알리기만 하려면 비워 두세요.",
  kept: (pages) =>
    `저장했어요. 비슷한 질문에는 이 답변을 먼저 보여 드려요. 근거 페이지 ${pages}개 중 하나라도 바뀌면 더는 쓰지 않아요. ${code("/docs answers")} 로 목록을 보고 뺄 수 있어요.`,
  keptWithoutPages: `저장했어요. 비슷한 질문에는 이 답변을 먼저 보여 드려요. 근거 페이지가 없어서 누군가 뺄 때까지 남아요: ${code("/docs answers")}`,
  title: "사람이 쓴 답변",
  none: "아직 없어요. 답변 아래의 “틀린 점이 있어요 …”에서 맞는 답변을 적어 주세요.",
  by: (person, date) => `${person} 님, ${date}`,
  pages: (count) => (count === 0 ? "근거 페이지 없음" : `페이지 ${count}개`),
  outdated: "⚠️ 근거 페이지가 바뀌었거나 없어져서 더는 보여 주지 않아요",
  more: (count) => `외 ${count}개`,
  removed: (question) => `뺐어요: ${escapeMrkdwn(question)}`,
  notThere: (number) =>
    `${code(String(number))} 번 답변은 없어요. ${code("/docs answers")} 로 목록을 볼 수 있어요.`,
};
