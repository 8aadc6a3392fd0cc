import type { SkipReason } from "../../rag/document-source.ts";
import { code, escapeMrkdwn } from "../escape.ts";
import type { sourceTextsEn } from "./source-texts-en.ts";

/** The same in Korean. */
export const sourceTextsKo: typeof sourceTextsEn = {
  title: "문서 소스",
  none: "설정된 문서 소스가 없어요.",
  pages: (pages) => `${pages}쪽`,
  never: "아직 동기화하지 않았어요",
  interrupted: "동기화가 중간에 끊겼어요. 다음에 이어서 해요",
  running: (done, total) => (total === 0 ? "목록을 읽는 중" : `${total}개 중 ${done}개`),
  synced: (time) => `${time}에 동기화했어요`,
  failed: (time, error) => `${time} 동기화에 실패했어요${error === "" ? "" : `: ${escapeMrkdwn(error)}`}`,
  changed: (written, deleted) => `${written}개 저장, ${deleted}개 삭제`,
  leftOut: (count) => `${count}개 제외`,
  withoutVectors: (count) => `${count}개 단락은 아직 단어로만 검색`,
  more: (count) => `외 ${count}개`,
  syncing: (source) => `${escapeMrkdwn(source)} 동기화 중`,
  ended: (source) => `${escapeMrkdwn(source)} 동기화가 끝났어요`,
  notEnded: (source) =>
    `${escapeMrkdwn(source)} 동기화가 오래 걸리고 있어요. \`/docs sources\` 로 진행 상황을 볼 수 있어요.`,
  waitsForTurn: "차례를 기다리는 중",
  toldDirectly: "동기화를 시작할게요. 진행 상황은 다이렉트 메시지로 알려 드려요.",
  unknown: (source, names) =>
    `${code(source)} 라는 문서 소스는 없어요. 있는 소스: ${names.map((name) => code(name)).join(", ")}`,
  whichOne: (names) =>
    `어느 소스를 동기화할까요? ${names.map((name) => code(`/docs sync ${name}`)).join(" · ")}`,
  channelOn: (who) =>
    `${who} 님이 이 채널의 스레드를 문서로 쓰도록 켰어요. 여기에 쓴 글이 채널 멤버에게 드리는 답변에 링크와 함께 인용될 수 있어요. 고치거나 지운 글도 따라가요. \`/docs channel off\` 로 끄면 모두 빠져요.`,
  channelOff: (who) =>
    `${who} 님이 이 채널의 스레드를 문서로 쓰지 않도록 껐어요. 읽어 둔 내용을 빼고 있어요.`,
  isOnAlready: "이 채널의 스레드는 이미 문서로 쓰고 있어요.",
  isOffAlready: "이 채널의 스레드는 문서로 쓰고 있지 않아요.",
  noChannels: "여기에서는 Slack 채널을 문서로 쓸 수 없어요. 운영자가 아직 설정하지 않았어요.",
  onlyInChannels: "문서로 쓰려는 채널에서 입력해 주세요.",
  inviteFirst: "제가 이 채널에 없어요. 먼저 초대해 주세요: `/invite @jibsa`",
  reasons: {
    "symbolic-link": "다른 곳을 가리키는 링크예요",
    "too-large": "너무 커요",
    binary: "텍스트가 아니에요",
    "not-a-text-format": "읽을 수 없는 형식이에요",
    "git-lfs": "Git LFS에 있어요",
    encrypted: "암호로 잠겨 있어요",
    broken: "손상됐거나 확장자와 다른 형식이에요",
    "too-complex": "쪽수나 압축을 푼 크기가 너무 커요",
    "no-text": "스캔처럼 글자가 없는 문서예요",
    "out-of-memory": "메모리를 너무 많이 써요",
    "out-of-time": "읽는 데 너무 오래 걸려요",
    forbidden: "읽을 권한이 없어요",
    "not-found": "페이지가 없어요",
    robots: "로봇이 읽지 말아 달라고 한 페이지예요",
    "forbidden-address": "접속하면 안 되는 주소로 연결돼요",
    "secret-in-name": "이름에 키나 비밀번호가 들어 있어요",
    "too-many": "소스 하나에서 읽는 페이지 수를 넘었어요",
    unreadable: "이번에는 읽지 못했어요. 전에 읽은 내용은 남아 있어요",
  } satisfies Record<SkipReason, string>,
};
