import { code } from "../escape.ts";
import type { summaryTextsEn } from "./summary-texts-en.ts";

export const summaryTextsKo: typeof summaryTextsEn = {
  onlyInThread:
    "요청하신 스레드를 요약해 드려요. 요약할 스레드에 답글로 `@jibsa 이 스레드 요약해줘` 라고 적어 주세요. 슬래시 명령은 어느 스레드인지 알 수 없어요.",
  unreadable: (error) =>
    `Slack에서 이 스레드를 읽지 못하게 했어요 (${code(error)}). 제가 채널에 있어야 해요: \`/invite @jibsa\``,
  nothingSaid: "요약할 내용이 없어요. 이 스레드에서 메시지를 쓴 사람이 아직 없어요.",
  reading: (count) => `메시지 ${count}개를 읽고 있어요 …`,
  writing: (count) => `메시지 ${count}개를 읽고 요약하고 있어요 …`,
  somebody: "이름을 알 수 없는 사람",
  quoted: "모델 없이 스레드에서 인용",
  quotesHead: {
    "no-model": "연결된 모델이 없어요. 이 스레드에서 중요해 보이는 문장을 쓰인 그대로 옮겼어요:",
    "model-failed": "모델이 쓸 수 있는 요약을 만들지 못했어요. 중요해 보이는 문장을 쓰인 그대로 옮겼어요:",
  },
  nothingTelling: "이 스레드에서 인용할 만한 문장을 찾지 못했어요.",
  kinds: {
    decided: (author) => `${author} 님이 말한 결정`,
    "to-do": (author) => `${author} 님이 말한 할 일`,
    asked: (author) => `${author} 님의 질문`,
    said: (author) => `${author} 님의 말`,
  },
  read: (count) => `메시지 ${count}개 읽음`,
  cut: (read, count) =>
    `메시지 ${count}개 중 ${read}개만 읽음: 첫 메시지와 최근 메시지예요. 모델이 더 읽을 수 없어요`,
  longer: "스레드가 너무 길어 뒷부분 메시지는 읽지 못했어요",
};
