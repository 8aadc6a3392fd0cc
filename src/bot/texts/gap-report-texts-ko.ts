import { code } from "../escape.ts";
import type { gapReportTextsEn } from "./gap-report-texts-en.ts";

/** The same in Korean. */
export const gapReportTextsKo: typeof gapReportTextsEn = {
  title: (count) =>
    count === 0
      ? "지난 7일 동안 나온 질문에는 모두 답이 있었고, 불만도 없었어요."
      : `지난 7일 동안 제대로 답하지 못한 질문 ${count}개`,
  otherTopic: "그 밖의 질문",
  count: (count) => `질문 ${count}개`,
  times: (count) => `${count}번`,
  others: (count) => `외 ${count}개 (다른 곳에서 했거나 한 번만 나온 질문)`,
  moreTopics: (count) => `외 주제 ${count}개`,
  foot: `새로 쓰거나 고칠 문서예요. 사람들이 적은 의견은 ${code("./jibsa gaps")} 로 볼 수 있어요.`,
  complaints: {
    "no-answer": "답 없음",
    "not-helpful": "도움 안 됨",
    "other-page": "다른 내용의 페이지",
    "page-outdated": "틀렸거나 오래된 페이지",
    misread: "페이지를 잘못 읽음",
    incomplete: "내용 부족",
  },
};
