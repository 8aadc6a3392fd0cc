import { code } from "../escape.ts";
import { answerTextsKo } from "./answer-texts-ko.ts";
import { comparisonTextsKo } from "./comparison-texts-ko.ts";
import { curatedTextsKo } from "./curated-texts-ko.ts";
import { waitingTextsKo } from "./waiting-texts-ko.ts";
import { gapReportTextsKo } from "./gap-report-texts-ko.ts";
import { glossaryTextsKo } from "./glossary-texts-ko.ts";
import { limitTextsKo } from "./limit-texts-ko.ts";
import { liveTextsKo } from "./live-texts-ko.ts";
import { metricsTextsKo } from "./metrics-texts-ko.ts";
import { sourceTextsKo } from "./source-texts-ko.ts";
import { modelTextsKo } from "./model-texts-ko.ts";
import { summaryTextsKo } from "./summary-texts-ko.ts";
import { proposalTextsKo } from "./proposal-texts-ko.ts";
import { safetyTextsKo } from "./safety-texts-ko.ts";
import { formatNumber, type en } from "./en.ts";
import { problemInKorean } from "./problem-texts-ko.ts";
import { runTextsKo } from "./run-texts-ko.ts";

/** What a value is, where nothing narrower is said. */
const KINDS: Readonly<Record<string, string>> = { string: "글자", integer: "정수", number: "숫자" };

/** The same sentences in Korean: 해요체, field terms as researchers say them. */
export const ko: typeof en = {
  locale: "ko",
  runState: (state) =>
    ({
      queued: "대기 중",
      starting: "시작하는 중",
      running: "실행 중",
      succeeded: "성공",
      failed: "실패",
      cancelled: "취소됨",
      lost: "사라짐",
    })[state],
  requestState: (state) =>
    ({
      previewed: "미리보기",
      "needs-approval": "승인 대기",
      queued: "대기 중",
      running: "실행 중",
      done: "완료",
      failed: "실패",
      rejected: "거절됨",
      expired: "만료됨",
      cancelled: "취소됨",
      parked: "포기함",
    })[state],
  simulated: "시뮬레이션",
  preview: "미리보기예요. 아직 아무것도 시작하지 않았어요",
  start: (title) => `${title} 시작`,
  cancelOf: (title) => `${title} 취소`,
  cancelConsequence: "잡과 파드가 삭제돼요. 체크포인트로 저장하지 않은 내용은 사라져요.",
  gpus: "GPU",
  gpuLine: (gpus, type, hours, basis) =>
    gpus === 0 ? "없음" : `${type ?? "GPU"} ${gpus}개, 약 ${hours} (${basis})`,
  gpuHours: (hours) => `${formatNumber(hours)} GPU시간`,
  basisCatalogue: "카탈로그 예상치, 아직 실행 기록이 부족해요",
  basisHistory: (runs) => `최근 ${runs}번 실행의 중앙값`,
  changes: "바뀌는 값",
  noChanges: "없음 (스테이지 기본값)",
  freeNow: "지금 비어 있는 GPU",
  freeLine: (free, total) => `${total}개 중 ${free}개`,
  checked: "확인한 것",
  dryRunAccepted: "dry-run 통과",
  dryRunRefused: (message) => `dry-run 거절: ${message}`,
  dryRunUnreachable: (message) => `클러스터가 응답하지 않아요 (${message}). 시작할 때 다시 확인할게요`,
  youMay: "이 네임스페이스에 만들 권한이 있어요",
  youMayNot: (reason) => `클러스터에 만들 권한이 없어요${reason === "" ? "" : `: ${reason}`}`,
  needs: "필요한 것",
  needsNothing: "승인 없이 시작할 수 있어요",
  needsApproval: (quorum, approvers, rule) => `${approvers} 중 ${quorum}명의 승인 (${rule})`,
  hours: (hours) =>
    hours < 1 / 60 ? "1분 미만" : hours < 1 ? `${Math.round(hours * 60)}분` : `${formatNumber(hours)}시간`,
  buttonStart: "시작",
  buttonAsk: "승인 요청",
  buttonDiscard: "버리기",
  buttonApprove: "승인",
  buttonReject: "거절",
  buttonLogs: "로그",
  buttonCancel: "실행 취소",
  buttonObject: "전체 오브젝트",
  buttonForm: "폼 열기",
  confirmTitle: "정말 취소할까요?",
  confirmYes: "네, 취소해요",
  confirmNo: "계속 실행",
  asks: (name, title, hours) => `${name} 님이 ${title} 시작을 요청했어요 · ${hours}`,
  expiresAt: (time, done, quorum) => `${time} 만료 · ${quorum}명 중 ${done}명 승인`,
  approvedBy: (people) => `${people} 승인`,
  rejectedBy: (people) => `${people} 거절`,
  expired: "정해진 시간 안에 승인되지 않았어요. 다시 시작해서 요청해 주세요.",
  queuedNext: "잡을 만들고 있어요. 이 메시지에서 진행 상황을 볼 수 있어요.",
  waitingFor: (reason) => `기다리는 이유: ${reason}`,
  cancelling: "취소하는 중",
  timeLeft: (hours) => (hours.endsWith("미만") ? `${hours} 남음` : `약 ${hours} 남음`),
  ended: (state, after) => `${state} (${after} 걸림)`,
  lostOwner:
    "실행한 사람이 더 이상 워크스페이스 멤버가 아니라서 이 실행을 더 따라가지 않아요. 잡은 그대로 두었어요.",
  lost: "Jibsa 밖에서 잡이 삭제됐어요. 다시 시작하지 않았어요.",
  sentForApproval: "채널에 승인 요청을 올렸어요. 결과도 거기서 알려 드릴게요.",
  queuedNow: (action: string): string =>
    ({
      "train-cancel": "취소하고 있어요. 끝나면 실행 메시지에서 알려 드릴게요.",
      "train-suspend": "일시정지하고 있어요. GPU가 비면 실행 메시지에서 알려 드릴게요.",
      "train-resume": "재개하고 있어요. 실행 메시지에서 진행 상황을 볼 수 있어요.",
      "train-gate": "결정을 전달했어요. 실행 메시지에 보여요.",
      "train-clean": "삭제하고 있어요.",
      "train-retry": "이어서 실행하고 있어요. 실행 메시지에서 볼 수 있어요.",
      "train-trials": "전달했어요. 실행 메시지에서 볼 수 있어요.",
    })[action] ?? "시작했어요. 여기 올라오는 메시지에서 진행 상황을 볼 수 있어요.",
  discarded: "버렸어요. 시작한 것은 없어요.",
  alreadyStarted: (state) => `이미 누른 버튼이에요. 지금 상태: ${state}`,
  notYours: "다른 사람의 미리보기예요. `/train start` 로 직접 시작해 주세요.",
  outdated: "만든 지 한 시간이 넘어 내용이 달라졌을 수 있어요. 다시 시작해 주세요.",
  oldButton: "이 버튼이 가리키는 것이 더 이상 없어요. 다시 시작해 주세요.",
  voteRecorded: (done, quorum) => `승인했어요: ${quorum}명 중 ${done}명`,
  voteOwn: (approvers) => `직접 요청한 것은 승인할 수 없어요. ${approvers} 가 승인할 수 있어요.`,
  voteNotApprover: (approvers) => `${approvers} 만 결정할 수 있어요.`,
  voteTwice: "이미 결정하셨어요. 다른 사람의 승인이 더 필요해요.",
  voteLate: (state, people) => `이미 끝난 요청이에요: ${state}${people === "" ? "" : ` (${people})`}`,
  voteExpired: "승인할 수 있는 시간이 지났어요. 다시 요청해야 해요.",
  voteVoid: "보여 드린 내용과 저장된 내용이 달라져서 승인이 무효가 됐어요. 다시 시작해 주세요.",
  deniedNoRole: "아직 Jibsa 역할이 없어요. MLOps 담당자에게 정책에 추가해 달라고 해 주세요.",
  deniedNoRule: (action) =>
    `지금 역할에는 ${code(action)} 권한이 없어요. MLOps 담당자가 규칙을 추가할 수 있어요.`,
  deniedByRule: (rule) => `규칙 ${code(rule)} 때문에 할 수 없어요.`,
  refusedGuest: "게스트는 Jibsa를 쓸 수 없어요. 팀 멤버에게 부탁해 주세요.",
  refusedExternal: "다른 워크스페이스 사용자는 Jibsa를 쓸 수 없어요.",
  refusedDeactivated: "비활성화된 계정이에요.",
  refusedUnknown: "Slack에서 사용자를 확인하지 못해서 아무것도 하지 않았어요.",
  failedRequesterGone: "요청한 사람이 더 이상 워크스페이스의 활성 멤버가 아니에요.",
  failedApprovalMissing: "승인한 뒤에 정책이 더 엄격해졌어요. 다시 요청해 주세요.",
  failedCluster: (message) => `클러스터가 너무 오래 응답하지 않았어요: ${message}`,
  failedParked: (id) =>
    `다섯 번 시도했지만 매번 실패했어요. MLOps 담당자에게 이 번호를 알려 주세요: ${code(id)}`,
  platformForbidden: (message) => `클러스터가 거절했어요: ${message}`,
  platformInvalid: (message) => `클러스터가 오브젝트를 받아들이지 않았어요: ${message}`,
  platformQuota: (message) => `쿼터를 다 썼어요: ${message}`,
  platformNameTaken: (message) => `같은 이름의 다른 오브젝트가 이미 있어요: ${message}`,
  platformNotInstalled: (message) => `클러스터에 이 종류의 잡이 설치되어 있지 않아요: ${message}`,
  noRuns: "아직 실행이 없어요. `/train start` 로 시작해 보세요.",
  runsTitle: "실행 목록",
  logsTitle: (title) => `${title} 의 마지막 로그`,
  logsGone: "이 실행의 파드가 이미 없어져서 로그를 볼 수 없어요.",
  directNoApproval:
    "여기는 둘만 보는 대화라서 아무도 승인할 수 없어요. 승인할 사람이 있는 채널에서 같은 명령을 써 주세요.",
  noLogs: "아직 로그가 없어요. 파드가 시작되지 않았어요.",
  clusterTitle: (cluster) => `클러스터 ${cluster}`,
  clusterTotals: (used, total) => `GPU ${total}개 중 ${used}개 사용 중`,
  nodeNotReady: "준비되지 않음",
  waitingPods: "GPU를 기다리는 파드",
  noGpuNodes: "이 클러스터에는 GPU 노드가 없어요.",
  clusterAway: (cluster, message) =>
    `클러스터 ${cluster} 가 응답하지 않아요 (${message}). 문서 질문은 계속할 수 있고, 접수한 일은 돌아오면 처리할게요.`,
  observed: (time) => `${time} 기준`,
  searching: "문서를 찾고 있어요 …",
  asked: (person, question) => `${person} 님의 질문: ${question}`,
  modeExtractive: "문서에서 그대로 옮겼어요 (연결된 모델이 없어요)",
  modeGenerated: (model) => `생성한 답변 · ${model}`,
  dontKnow: "모르겠어요. 가지고 있는 문서에는 답이 없어요.",
  nearestPages: "가장 가까운 문서:",
  searchAway:
    "지금은 문서 검색이 응답하지 않아서 찾아볼 수 없어요. 명령어는 쓸 수 있어요. 잠시 뒤에 다시 물어봐 주세요.",
  answerBrokeOff: "모델이 답을 끝내지 못했어요. 문서에 있는 내용을 그대로 옮길게요.",
  modelAway: "지금은 모델이 응답하지 않아요.",
  helpful: "도움돼요",
  notHelpful: "아니에요",
  thanks: "고마워요. 기록해 둘게요.",
  giveUp: (id) => `다섯 번 시도했지만 하지 못했어요. MLOps 담당자에게 이 번호를 알려 주세요: ${code(id)}`,
  unknownWord: (word, suggestion) =>
    `${code(word)}: 모르는 말이에요.${suggestion === undefined ? "" : ` 혹시 ${code(suggestion)} 인가요?`}`,
  formTitle: "스테이지 시작",
  formSubmit: "미리보기",
  formCancel: "닫기",
  formStage: "스테이지",
  formPreset: "값",
  formPresetDefaults: "스테이지 기본값",
  formPresetLast: "지난번과 같게",
  formHint: (allowed, fallback) => `${KINDS[allowed] ?? allowed} · 기본값 ${fallback}`,
  objectTitle: "전체 오브젝트",
  close: "닫기",
  promptsTitle: "무엇이든 물어보세요. 예를 들면",
  prompts: [
    { title: "실패한 학습 다시 돌리기", message: "실패한 학습을 다시 돌리려면 어떻게 해요?" },
    { title: "GPU 누가 쓰고 있어요?", message: "cluster status" },
    { title: "어떤 스테이지가 있어요?", message: "train" },
    { title: "뭘 할 수 있어요?", message: "help" },
  ],
  homeTitle: "내 실행과 요청",
  homeNothing:
    "아직 아무것도 없어요. 다이렉트 메시지로 무엇이든 물어보거나 `/train start` 로 스테이지를 시작해 보세요.",
  homeApprovals: "내 결정을 기다리는 요청",
  answers: answerTextsKo,
  waiting: waitingTextsKo,
  runs: runTextsKo,
  problem: problemInKorean,
  safety: safetyTextsKo,
  limits: limitTextsKo,
  live: liveTextsKo,
  gapReport: gapReportTextsKo,
  comparisons: comparisonTextsKo,
  curated: curatedTextsKo,
  proposals: proposalTextsKo,
  metrics: metricsTextsKo,
  sources: sourceTextsKo,
  glossary: glossaryTextsKo,
  summary: summaryTextsKo,
  models: modelTextsKo,
  help: {
    all: [
      "*질문*: 저를 멘션하거나 다이렉트 메시지를 보내거나 `/ask 실패한 학습을 다시 돌리려면 어떻게 해요?`",
      "*학습*: `/train start sft model-size=7B`, `/train list`, `/train status`, `/train logs`, `/train cancel`",
      "*클러스터*: `/cluster status`  *문서*: `/docs sources`, `/docs sync <소스>`, `/docs channel on`, `/docs terms`  *모델*: `/jibsa models`",
      "스레드 안에서는 슬래시 명령 대신 멘션으로 쓰세요: `@jibsa train status`",
    ].join("\n"),
    train: [
      "`/train start` 는 폼을 열어요. `/train start sft model-size=7B learning-rate=1e-5` 처럼 쓰면 바로 미리보기를 보여 드려요",
      "`/train list` (`mine`, `team`, `all`) · `/train status <실행>` · `/train why <실행>` · `/train logs <실행> lines=100` (`grep=글자`, `follow`) · `/train chart <실행>` · `/train cancel <실행>`",
      "`/train suspend <실행>` 은 GPU를 돌려주고 `/train resume <실행>` 은 이어서 실행해요 · `/train gate approve <실행>` 은 기다리는 파이프라인을 승인해요",
      "`/train retry <실행> batch-size=2` 는 설정을 바꿔 다시 시작해요 · `/train history <스테이지>` · `/train diff <실행> <실행>`",
      "`/train follow pytorchjob/<이름>` 은 다른 곳에서 시작한 실행을 따라가요 · `/train clean days=14` 는 끝난 실행의 오브젝트를 지워요",
      "실행은 이름의 앞부분만 적어도 돼요. 이름이 없으면 내 최근 실행이에요.",
    ].join("\n"),
    cluster:
      "`/cluster status` 는 노드와 GPU를 보여 드려요: 전체, 사용 중, 누가 쓰는지, 누가 기다리는지. `/cluster status <이름>` 은 하나만 보여요.",
    docs: "`/docs sources` 는 답변이 어디에서 오는지 보여 드려요. 소스마다 마지막 동기화, 페이지 수, 제외한 문서와 이유를 볼 수 있어요. `/docs sync <소스>` 는 바로 동기화해요. 채널에서 `/docs channel on` 을 쓰면 그 채널의 스레드가 멤버를 위한 문서가 되고, `/docs channel off` 를 쓰면 다시 빠져요.\n`/docs term 분산 학습 = distributed training` 처럼 적으면 한쪽으로 물어도 다른 쪽이 나오는 페이지까지 찾아요. `/docs terms` 는 이런 용어와 문서 제목에서 찾은 후보를 보여 주고, `/docs term remove 분산 학습` 은 용어를 빼요.\n`/docs answers` 는 사람이 쓴 답변을 보여 주고, `/docs answers remove 3` 은 그중 하나를 빼요.",
    jibsa:
      "`/jibsa models` 는 언어 모델을 보여 줘요. 무엇이 설정돼 있는지, 서버에 무엇이 있는지, 지금 무엇이 메모리에 올라가 있는지 볼 수 있어요. `/jibsa models pull qwen3:8b` 는 Ollama가 모델을 받게 하고 얼마나 받았는지 보여 줘요.",
    ask: "`/ask 실패한 학습을 다시 돌리려면 어떻게 해요?` 처럼 물으면 문서에서 찾아 링크와 함께 답해요. `/ask --private …` 는 내가 읽을 수 있는 문서를 모두 찾아 나에게만 답해요. 스레드에서는 `@jibsa 이 스레드 요약해줘` 라고 하면 사람들이 쓴 글을 요약해요.",
  },
  stages: "스테이지",
};
