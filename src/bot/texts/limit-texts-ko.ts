import { code } from "../escape.ts";
import type { limitTextsEn } from "./limit-texts-en.ts";

const MEASURES = { gpus: "GPU", runs: "동시 실행", gpuHours: "최근 7일 GPU시간" } as const;

/** The same sentences in Korean. */
export const limitTextsKo: typeof limitTextsEn = {
  title: (per, measure) => `${per === "person" ? "내" : "우리 팀"} ${MEASURES[measure]}`,
  line: (used, allowed, wanted) => `${allowed} 중 ${used} 사용 중, 이번 요청 ${wanted}`,
  overWhenShown: "지금 남은 한도보다 많아요",
  over: ({ limit, per, measure, used, allowed, wanted }) =>
    `시작하지 않았어요. 한도 ${code(limit)} 때문이에요. ${MEASURES[measure]} 한도는 ${per === "person" ? "한 사람당" : "팀 전체"} ${allowed}인데 지금 ${used} 쓰고 있고, 이번 요청은 ${wanted}이에요.`,
  startLater:
    "실행 중인 것이 끝나면 다시 눌러 주세요. 더 작게 요청하거나 MLOps 담당자에게 한도를 올려 달라고 할 수도 있어요.",
  never: "한도 전체보다 큰 요청이에요. 더 작게 요청하거나 MLOps 담당자에게 한도를 올려 달라고 해 주세요.",
  approveLater:
    "이번 승인은 세지 않았고, 요청한 사람에게도 알렸어요. 실행 중인 것이 끝나면 다시 승인해 주세요.",
  waitsForApproval: "실행 중인 것이 끝나면(`/train list`) 승인 기한 안에 다시 승인할 수 있어요.",
  startAgain: "실행 중인 것이 끝나면 다시 시작해 주세요.",
  buttonAgain: "다시 시도",
};
