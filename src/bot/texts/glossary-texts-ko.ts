import { code, escapeMrkdwn } from "../escape.ts";
import type { glossaryTextsEn } from "./glossary-texts-en.ts";

const pair = (term: string, counterpart: string) =>
  `*${escapeMrkdwn(term)}* = *${escapeMrkdwn(counterpart)}*`;

/** The same in Korean. */
export const glossaryTextsKo: typeof glossaryTextsEn = {
  pair,
  title: "우리 워크스페이스의 용어",
  none: `아직 용어가 없어요. ${code("/docs term 분산 학습 = distributed training")} 처럼 추가해 보세요.`,
  suggested: "문서 제목에서 찾았어요. 둘이 같은 뜻인가요?",
  fromPage: (path) => `${code(path)} 에서`,
  by: (person) => `${person} 님이 추가`,
  accept: "같은 뜻이에요",
  dismiss: "아니에요",
  more: (count) => `외 ${count}개`,
  howTo: `양쪽을 모두 적어 주세요: ${code("/docs term 분산 학습 = distributed training")}. ${code("/docs terms")} 로 목록을 보고 ${code("/docs term remove 분산 학습")} 으로 뺄 수 있어요.`,
  added: (term, counterpart) =>
    `${pair(term, counterpart)}: 이제부터 한쪽으로 물어도 다른 쪽까지 같이 찾아요.`,
  known: (term, counterpart) => `${pair(term, counterpart)} 는 이미 있어요.`,
  removed: (pairs) => `이제 쓰지 않아요: ${pairs.join(", ")}`,
  notThere: (text) => `용어 중에 ${code(text)} 는 없어요.`,
  decided: "이미 다른 분이 정했어요.",
  refused: {
    "no-words": "양쪽에 뜻이 있는 낱말이 있어야 해요. “어떻게”나 “the” 같은 말은 찾지 않아요.",
    "too-many-words": "한쪽에 낱말을 세 개까지 적을 수 있어요. 더 길면 질문에서 알아보지 못해요.",
    "the-same": "양쪽이 똑같아요.",
    full: "용어집이 가득 찼어요(2,000개). 쓰지 않는 용어를 빼 주세요.",
  },
};
