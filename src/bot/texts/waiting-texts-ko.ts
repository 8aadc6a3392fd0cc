import type { SchedulerCause } from "../../actions/training/waiting/scheduler-message.ts";
import type { WaitingReason } from "../../actions/training/waiting/waiting-explanation.ts";
import { code, escapeMrkdwn, shorten } from "../escape.ts";
import type { waitingTextsEn } from "./waiting-texts-en.ts";

const count = (gpus: number, type: string | undefined): string =>
  `${type === undefined ? "GPU" : escapeMrkdwn(type)} ${gpus}개`;
const words = (text: string): string => escapeMrkdwn(shorten(text, 500));
const few = (waits: number, needed: number): string =>
  waits === 0 ? "비슷한 대기 기록이 없어요." : `비슷한 대기 기록이 ${waits}번뿐이에요 (${needed}번 필요).`;

/** 왜 기다리는지, 언제 시작할 것 같은지. */
export const waitingTextsKo: typeof waitingTextsEn = {
  waiting: (title, waited) =>
    waited.endsWith("미만") ? `${title} · 방금 대기 시작` : `${title} · ${waited}째 대기 중`,
  place: (place, of, queue) => `${escapeMrkdwn(queue)} 큐에서 ${of}개 중 ${place}번째`,
  reason: (reason) => reasonInKorean(reason),
  ahead: (runs) => `앞에 있는 실행: ${runs}`,
  aheadOne: ({ title, owner, gpus, priority = 0 }) => {
    const details = [gpus !== undefined && `GPU ${gpus}개`, priority !== 0 && `우선순위 ${priority}`];
    const said = details.filter(Boolean).join(", ");
    return `${owner === undefined ? "" : `<@${owner}> 님의 `}${escapeMrkdwn(title)}${said === "" ? "" : ` (${said})`}`;
  },
  holders: (runs) => `지금 쓰는 중: ${runs}`,
  holder: (run, owner, gpus) => `${escapeMrkdwn(run)} ${gpus}개 (${escapeMrkdwn(owner)})`,
  andMore: (number) => `외 ${number}개`,
  likely: (from, to, waits) => `예상 시작 ${from} ~ ${to} (비슷한 대기 ${waits}번 기준)`,
  longerThanUsual: (waits) =>
    `비슷한 실행 ${waits}번 가운데 이만큼 오래 기다린 적이 거의 없어서 예상 시간을 말씀드릴 수 없어요.`,
  noHistory: (waits, needed) => `아직 예상할 수 없어요. ${few(waits, needed)}`,
  notWaiting: (state) => `기다리고 있지 않아요. 지금 상태: ${state}`,
  unreachable: (message) =>
    `클러스터가 응답하지 않아서 (${words(message)}) 지금은 이유를 볼 수 없어요. 잠시 뒤에 다시 물어봐 주세요.`,
  tryGpus: (gpus) => `GPU ${gpus}개로 해 보기`,
  useType: (type) => `${type} 쓰기`,
  moveToQueue: (queue) => `${queue} 큐 쓰기`,
  buttonWhy: "왜 기다려요?",
  gone: "상황이 바뀌어서 이렇게 바꿔도 더 빨라지지 않아요. `/train why` 로 다시 확인해 주세요.",
  stays: (run) => `지금 기다리는 ${code(run)} 은 취소하기 전까지 그대로 남아요. 이걸 시작해도 끝나지 않아요.`,
  buttonCancelWaiting: "기다리는 실행 취소",
  startedAfter: (line, waited) => `${line} · ${waited} 기다린 뒤 시작했어요`,
  mayStart: "시작 가능",
  startsNow: "지금 바로",
  startsAfter: (from, to, waits) => `${from} ~ ${to} 기다린 뒤 (비슷한 대기 ${waits}번 기준)`,
  startsUnknown: (waits, needed) => `지금은 안 되고, 언제일지 아직 예상할 수 없어요. ${few(waits, needed)}`,
  startsNever: (gpus, type, largest) =>
    `이대로는 시작할 수 없어요. ${count(gpus, type)}를 가진 노드가 없고, 가장 큰 노드가 ${largest}개예요`,
  freeOf: (free, total, type) =>
    `${type === undefined ? "GPU" : escapeMrkdwn(type)} ${total}개 중 ${free}개 비어 있음`,
  quotaAfter: "시작 후 쿼터",
  quota: (name, used, limit) =>
    `GPU ${limit}개 중 ${used}개 (${escapeMrkdwn(name)})${used > limit ? ", 기다려야 해요" : ""}`,
  cost: (gpuHours, amount) => `약 ${gpuHours}, ${amount}`,
};

function reasonInKorean(reason: WaitingReason): string {
  switch (reason.kind) {
    case "all-busy": {
      const { gpus, gpuType, largestFree } = reason;
      const none = `${count(gpus, gpuType)}가 한꺼번에 비어 있는 노드가 없어요.`;
      if (largestFree === undefined) return none;
      return largestFree.gpus === 0
        ? `${none} 지금은 하나도 비어 있지 않아요.`
        : `${none} 가장 많이 빈 곳은 ${largestFree.gpus}개예요 (${escapeMrkdwn(largestFree.node)}).`;
    }
    case "no-node-large-enough":
      return reason.largest === 0
        ? `이 클러스터에는 ${reason.gpuType === undefined ? "GPU" : escapeMrkdwn(reason.gpuType)} 노드가 없어요.`
        : `${count(reason.gpus, reason.gpuType)}를 가진 노드가 없어요. 가장 큰 노드가 ${reason.largest}개라서 이대로는 시작할 수 없어요.`;
    case "resources-busy":
      return `GPU가 아니라 ${reason.resources.map(code).join(", ")} 여유가 있는 노드가 없어요.`;
    case "kueue-quota": {
      const where = code(reason.clusterQueue ?? reason.queue);
      if (reason.exceedsQuota === true)
        return `${where} 쿼터의 최대치보다 많이 요청해서 이대로는 시작할 수 없어요: ${words(reason.words)}`;
      const lost =
        reason.evicted === undefined || reason.evicted === ""
          ? ""
          : ` 실행하다가 자리를 내주었어요 (${escapeMrkdwn(reason.evicted)}).`;
      if (reason.gpusMissing !== undefined)
        return `${where} 쿼터를 다른 실행이 쓰고 있어요. GPU ${reason.gpusMissing}개가 더 필요해요.${lost}`;
      return reason.words === ""
        ? `${where} 에서 아직 들여보내지 않았어요.${lost}`
        : `${where} 에서 아직 들여보내지 않았어요: ${words(reason.words)}${lost}`;
    }
    case "suspended":
      return reason.queue === undefined
        ? "일시 정지된 상태예요. 재개하기 전까지 GPU를 쓰지 않아요."
        : `${code(reason.queue)} 큐에서 빠져 있어서 저절로 시작하지 않아요.`;
    case "image-pull":
      return `이미지를 받지 못하고 있어요${reason.image === undefined ? "" : `: ${code(reason.image)}`}. ${words(reason.words)}`;
    case "unschedulable":
      return `받아 줄 수 있는 노드가 없어요: ${reason.causes.map(causeInKorean).join(", ")}.`;
    case "volume-not-bound":
      return reason.claim === undefined
        ? `볼륨이 아직 준비되지 않았어요: ${words(reason.words)}`
        : `볼륨 클레임 ${code(reason.claim)} 이 없거나 아직 준비되지 않았어요: ${words(reason.words)}`;
    case "quota-exceeded":
      return `네임스페이스 쿼터${reason.quota === undefined ? "" : ` ${code(reason.quota)}`} 때문에 파드를 더 만들 수 없어요: ${words(reason.words)}`;
    case "unknown":
      return reason.words === undefined || reason.words === ""
        ? "아직 플랫폼이 이유를 말하지 않았어요. 보통 파드를 막 만든 참이에요."
        : `플랫폼이 말한 이유: ${words(reason.words)}`;
  }
  return reason satisfies never;
}

function causeInKorean(cause: SchedulerCause): string {
  switch (cause.kind) {
    case "taint":
      return `노드 ${cause.nodes}개는 다른 용도예요${cause.taint === undefined ? "" : ` (taint ${code(cause.taint)})`}`;
    case "selector":
      return `노드 ${cause.nodes}개는 요청한 종류가 아니에요`;
    case "cordoned":
      return `노드 ${cause.nodes}개는 운영 담당자가 빼 두었어요`;
    case "short":
      return `노드 ${cause.nodes}개는 ${code(cause.resource)} 가 부족해요`;
    case "volume":
    case "other":
      return words(cause.words);
  }
  return cause satisfies never;
}
