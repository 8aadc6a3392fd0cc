import type { RunStep } from "../../actions/training/engine-ports.ts";
import { code } from "../escape.ts";
import type { runTextsEn } from "./run-texts-en.ts";

const STEP_STATES: Readonly<Record<RunStep["state"], string>> = {
  waiting: "대기",
  queued: "대기 중",
  starting: "시작 중",
  running: "실행 중",
  succeeded: "성공",
  failed: "실패",
  cancelled: "취소됨",
  lost: "사라짐",
  skipped: "건너뜀",
};

export const runTextsKo: typeof runTextsEn = {
  ended: (state) => `이미 끝난 실행이에요: ${state}.`,
  notPossible: (why) =>
    why === "no-gate"
      ? "이 실행에는 결정을 기다리는 게이트가 없어요."
      : `이 종류의 실행에서는 할 수 없어요${why === "" ? "." : `: ${why}`}`,
  suspended: "일시정지됨",
  restarts: (count) => `재시작 ${count}번`,
  stepOf: (done, total) => `${total}개 중 ${done}개`,
  stepState: (state) => STEP_STATES[state],
  moreSteps: (count) => `외 ${count}개`,
  gateWaits: (name, message) =>
    `✋ ${name}에서 기다리고 있어요${message === "" ? "" : `: ${message}`}. 승인하면 이어서 실행하고, 거절하면 여기서 끝나요.`,
  buttonGateApprove: "승인",
  buttonGateReject: "거절",
  gateConfirm: (run, gate) => `${run}: ${gate} 다음 단계를 이어서 실행해요.`,
  gateRejectConfirm: (run, gate) => `${run}: ${gate}에서 끝나요. 여기까지의 결과는 남아요.`,
  confirmGo: "네",
  confirmBack: "돌아가기",
  buttonSuspend: "일시정지",
  buttonResume: "재개",
  buttonAgain: "같은 설정으로 다시",
  buttonContinue: "실패한 곳부터 이어서",
  buttonBest: (stage) => `가장 좋은 값으로 ${stage} 학습`,
  continueOf: (title) => `${title} 이어서 실행`,
  continueConsequence: "성공한 단계는 그대로 두고, 실패한 단계만 다시 실행해요.",
  trialsOf: (title) => `${title} 트라이얼 늘리기`,
  trialsConsequence: "그 수만큼 시도할 때까지 탐색을 이어서 해요.",
  buttonTrials: "트라이얼 늘리기",
  buttonRemedy: "제안대로 해 보기",
  suspendOf: (title) => `${title} 일시정지`,
  suspendConsequence: "GPU를 돌려주고 파드를 끝내요. 재개하면 마지막 체크포인트부터 이어서 학습해요.",
  resumeOf: (title) => `${title} 재개`,
  resumeConsequence: "GPU를 다시 요청하고 차례를 기다려요.",
  followOf: (title) => `${title} 따라가기`,
  followConsequence: "바꾸는 것은 없어요. 여기 메시지에서 진행 상황을 보여 드리고, 여기서는 내 실행이 돼요.",
  buttonFollow: "따라가기",
  cleanOf: (count) => `끝난 실행 ${count}개의 오브젝트 삭제`,
  cleanConsequence: "오브젝트와 파드, 파드 로그를 지워요. 여기 남은 기록은 그대로예요.",
  buttonClean: "삭제",
  gateOf: (title) => `${title} 게이트 결정`,
  gateConsequence: "이어서 실행하거나 여기서 끝내요. 되돌릴 수 없어요.",
  trials: (done, planned) => `트라이얼 ${planned}개 중 ${done}개`,
  trialBest: (name, metrics, parameters) => `지금까지 최고 ${code(name)}: ${metrics} (${parameters})`,
  noTrials: "아직 값을 알린 트라이얼이 없어요.",
  proposal: (changes) => `*제안*  ${changes}`,
  lastStep: (step, total) => (total === undefined ? `${step} 스텝` : `${total} 스텝 중 ${step}`),
  lastCheckpoint: (step) => `마지막 체크포인트 ${step} 스텝`,
  steps: "단계",
  stepPlan: (gpus, hours) => `GPU ${gpus}개 · ${hours}`,
  stepGate: "✋ 시작 전에 물어봐요",
  pipelineGate: (stage) =>
    `✋ ${stage} 전에 기다리고 있어요. 승인하면 이어서 실행하고, 거절하면 여기서 끝나요.`,
  pipelineLimit: (stage) => `${stage}: 한도를 다 써서 기다리고 있어요. 다른 실행이 끝나면 자동으로 시작해요.`,
  holdPlan: (time, auto) =>
    auto
      ? `GPU가 비면 자동으로 시작해요. 기한은 ${time} 이에요`
      : `GPU가 비면 물어볼게요. 기한은 ${time} 이에요`,
  holdWaits: (time) => `⏳ GPU가 빌 때까지 기다리고 있어요. 기한은 ${time} 이에요.`,
  holdOffered: (time) => `✋ GPU가 비었어요. ${time} 전에 시작하지 않으면 다른 사람 차례가 돼요.`,
  holdMissed: (time) => `⏳ 제때 시작하지 않았어요. ${time} 이후에 GPU가 비면 다시 물어볼게요.`,
  holdTurn: (person, title, time) =>
    `${person} ${title}에 쓸 GPU가 비었어요. ${time} 전에 위 버튼으로 시작해 주세요.`,
  buttonClaim: "지금 시작",
  buttonDrop: "그만두기",
  holdWhen: "언제",
  gateDecided: "결정을 반영했어요. 파이프라인 메시지에 보여요.",
  gateLate: "이미 기다리고 있지 않아요. 다른 사람이 먼저 결정했거나 끝났어요.",
  pipelines: "파이프라인",
  historyTitle: "끝난 실행",
  noHistory: "아직 끝난 실행이 없어요.",
  defaults: "기본값",
  diffTitle: (first, second) => `${first}와 ${second} 비교`,
  noDiff: "같은 설정으로 시작했어요.",
  buttonMore: "더 보기",
};
