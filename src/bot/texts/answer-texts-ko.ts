import { code, escapeMrkdwn } from "../escape.ts";
import type { answerTextsEn } from "./answer-texts-en.ts";

/** The same sentences in Korean. */
export const answerTextsKo: typeof answerTextsEn = {
  reading: (pages) => `문서 ${pages}개를 읽고 있어요 …`,
  writing: (pages) => `문서 ${pages}개를 읽고 답을 쓰고 있어요 …`,
  stop: "중지",
  stopping: "멈췄어요. 여기까지 쓴 내용은 그대로 둘게요.",
  stoppedBy: (person) => `${person} 님이 중지함`,
  stoppedEarly: "보여 줄 내용이 나오기 전에 멈췄어요.",
  endedAlready: "이미 끝난 답변이라 멈출 것이 없어요.",
  notYoursToStop: (asker, action) =>
    `${asker} 님이 한 질문이에요. 질문한 사람이나 ${code(action)} 규칙이 있는 사람만 멈출 수 있어요.`,
  noSuchModel: (model, models) =>
    models.length === 0
      ? `${code(model)} 모델이 없어요. 연결된 모델이 하나도 없어서 문서에서 옮겨 답해요.`
      : `${code(model)} 모델이 없어요. 쓸 수 있는 모델은 ${models.map(code).join(", ")}예요.`,
  wrong: "틀린 점이 있어요 …",
  wrongTitle: "무엇이 틀렸나요?",
  wrongSubmit: "보내기",
  wrongCause: "답변에서 무엇이 틀렸나요?",
  wrongCauses: {
    "other-page": "다른 내용의 페이지를 인용했어요",
    "page-outdated": "인용한 페이지가 틀렸거나 오래됐어요",
    misread: "페이지는 맞는데 답변이 틀렸어요",
    incomplete: "중요한 내용이 빠졌어요",
  },
  wrongReason: "직접 적어 주세요",
  wrongHint: "맞는 내용이나 그 내용이 있는 페이지를 적어 주세요.",
  searchedAlso: (words) => `같이 찾은 말: ${words.map(escapeMrkdwn).join(", ")}`,
  why: "왜 이 답인가요",
  onlyYou: "찾아볼게요. 답변은 나에게만 보이고, 내가 읽을 수 있는 문서를 모두 사용해요.",
  share: "여기에 공유",
  sharedAlready: "이미 공유한 답변이에요.",
  pageNotYours: "이제는 읽을 수 없는 페이지",
  notForAll: (pages) =>
    `이 채널에는 답변의 바탕이 된 문서를 읽을 수 없는 사람이 있어서 공유하지 않았어요:\n${pages}\n\`--private\` 없이 여기서 물으면 채널의 모두가 읽을 수 있는 문서로 답해요.`,
  noTrace:
    "이 답변이 어떻게 나왔는지 남아 있지 않아요. 검색이 응답하지 않았거나 이전 버전에서 나온 답변이에요.",
  searchedFor: "찾은 말:",
  vectors: {
    used: "단어와 의미로 검색",
    pending: "단어로만 검색: 문서의 벡터를 아직 만들고 있어요",
    away: "단어로만 검색: 임베딩 모델이 응답하지 않았어요",
    late: "단어로만 검색: 임베딩 모델이 너무 오래 걸렸어요",
    resting: "단어로만 검색: 임베딩 모델이 실패해서 잠시 쉬고 있어요",
  },
  reranked: {
    used: "리랭커가 정한 순서",
    away: "기본 순서: 리랭커가 제때 응답하지 않았어요",
    resting: "기본 순서: 리랭커가 실패해서 잠시 쉬고 있어요",
  },
  passageLeftOut: "모델이 읽을 수 있는 양을 넘어 제외",
  passages: "찾은 문서 (가까운 순서, 점수와 쓰임):",
  unused: "인용하지 않음",
  nothingSure: "답할 만큼 가까운 문서가 없었어요.",
  confidence: (value) => `확신도 ${value} / 1`,
  times: (search, whole) => `검색 ${search}초, 전체 ${whole}초`,
};
