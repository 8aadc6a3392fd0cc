import type { FailureFacts } from "../../actions/training/failures/failure-diagnosis.ts";
import { code } from "../escape.ts";
import type { FailureTexts } from "./failure-texts.ts";

/** NVIDIA's numbers, as its manual explains them. */
const XID: Readonly<Record<number, string>> = {
  13: "프로그램 때문에 GPU에서 예외가 났어요",
  31: "프로그램이 자기 것이 아닌 메모리를 건드렸어요",
  43: "이 프로그램에 대해 GPU가 처리를 멈췄어요",
  45: "다른 오류 뒤에 드라이버가 정리한 거예요",
  48: "GPU 메모리에 고칠 수 없는 ECC 오류가 났어요",
  63: "고장 난 GPU 메모리 행을 다음 리셋 때 교체해야 해요",
  64: "고장 난 GPU 메모리 행을 교체하지 못했어요",
  74: "NVLink 연결에 문제가 생겼어요",
  79: "GPU가 버스에서 떨어져 나갔어요",
  94: "이 프로그램에만 영향을 준 ECC 오류예요",
  95: "이 GPU를 쓰던 모든 프로그램이 영향을 받았을 수 있는 ECC 오류예요",
  119: "GPU 안의 프로세서(GSP)가 응답하지 않았어요",
};
const PROGRAMS_OWN = [13, 31, 43];

const onRank = ({ rank }: FailureFacts): string => (rank === undefined ? "" : `rank ${rank}에서 `);
const named = (text: string | undefined): string => (text === undefined ? "" : `: ${code(text)}`);
const size = (gib: number): string =>
  gib < 1 ? `${Math.round(gib * 1_024)} MiB` : `${Math.round(gib * 100) / 100} GiB`;
const parts = (...of: readonly (string | false | undefined)[]): string => {
  const said = of.filter((part) => typeof part === "string");
  return said.length === 0 ? "" : ` (${said.join(", ")})`;
};

export const failureTextsKo: FailureTexts = {
  "gpu-fault": {
    reason: (facts) =>
      facts.xid === undefined
        ? `${onRank(facts)}GPU에 문제가 생겼어요`
        : `GPU 오류가 났어요. XID ${facts.xid}${XID[facts.xid] === undefined ? "" : `: ${XID[facts.xid]}`}`,
    advice: ({ xid }) =>
      PROGRAMS_OWN.includes(xid ?? 0)
        ? "대부분 프로그램 쪽 문제예요. 범위를 벗어난 인덱스나 다른 버전으로 빌드한 커널이 없는지 보세요. 한 노드에서만 되풀이되면 MLOps 담당자에게 알려 주세요."
        : "어느 노드였는지 MLOps 담당자에게 알려 주세요. GPU를 점검할 때까지 그 노드에는 잡을 넣지 않아야 해요. 다른 노드에서는 다시 시작할 수 있어요.",
  },
  "image-pull": {
    reason: ({ image }) => `컨테이너 이미지를 받지 못했어요${named(image)}`,
    advice: () =>
      "이미지 이름과 태그가 맞는지, 네임스페이스에 레지스트리 pull secret이 있는지 확인해 주세요.",
  },
  "quota-exceeded": {
    reason: ({ freeQuotaGpus }) =>
      `네임스페이스 쿼터를 다 썼어요${parts(freeQuotaGpus !== undefined && `남은 GPU ${freeQuotaGpus}개`)}`,
    advice: () => "GPU 수를 줄이거나, 같은 네임스페이스의 다른 실행이 끝난 뒤에 시작해 주세요.",
  },
  "cuda-out-of-memory": {
    reason: (facts) =>
      `${onRank(facts)}${facts.whileLoading === true ? "모델을 올리다가 " : ""}CUDA 메모리가 부족했어요${parts(
        facts.triedGib !== undefined && `${size(facts.triedGib)} 할당 시도`,
        facts.freeGib !== undefined && `${size(facts.freeGib)} 남음`,
      )}`,
    advice: ({ whileLoading }) =>
      whileLoading === true
        ? "모델 가중치만으로도 GPU 메모리가 모자라서 배치를 줄여도 소용없어요. 더 작은 모델, 샤딩, 양자화를 써 보고, 다른 프로세스가 GPU를 쓰고 있지 않은지 보세요."
        : "배치를 절반으로 줄이고 gradient accumulation을 두 배로 늘려 보세요. 배치가 이미 1이면 시퀀스 길이를 절반으로 줄이세요.",
  },
  "shared-memory": {
    reason: (facts) => `${onRank(facts)}공유 메모리(${code("/dev/shm")})가 모자랐어요`,
    advice: () => `데이터 로더 워커 수를 줄이거나, 스테이지에서 ${code("/dev/shm")} 을 더 크게 잡아 주세요.`,
  },
  "disk-full": {
    reason: ({ path }) => `디스크가 가득 찼어요${named(path)}`,
    advice: () =>
      "오래된 체크포인트를 지우거나 남기는 개수를 줄이고, 온전히 저장된 마지막 체크포인트에서 이어 가세요.",
  },
  "host-out-of-memory": {
    reason: (facts) =>
      `${onRank(facts)}메모리(RAM) 한도를 넘었어요${parts(facts.exitCode !== undefined && `종료 코드 ${facts.exitCode}`)}`,
    advice: () =>
      "데이터 로더 워커 수를 줄이거나, 데이터셋을 스트리밍으로 읽거나, 스테이지의 메모리를 늘려 주세요.",
  },
  "node-lost": {
    reason: ({ node }) => `실행 중이던 노드를 잃었어요${named(node)}`,
    advice: () => "학습 자체의 문제는 아니에요. 마지막 체크포인트에서 다시 시작하세요.",
  },
  "cuda-version": {
    reason: () => "이미지의 CUDA 버전이 노드의 드라이버나 GPU와 맞지 않아요",
    advice: () =>
      "이 드라이버와 GPU에 맞는 이미지를 쓰거나, MLOps 담당자에게 드라이버가 더 새로운 노드를 요청하세요.",
  },
  "hugging-face-auth": {
    reason: ({ repository }) => `Hugging Face에서 다운로드를 거절했어요${named(repository)}`,
    advice: () => "토큰 계정으로 모델 라이선스에 동의했는지, 토큰 secret이 맞는지 확인해 주세요.",
  },
  "wandb-auth": {
    reason: () => "Weights & Biases 로그인이 거절됐어요",
    advice: () =>
      `secret에 있는 API 키를 확인하거나, 스테이지에 ${code("WANDB_MODE=offline")} 을 넣어 주세요.`,
  },
  "data-not-found": {
    reason: ({ path, repository }) => `파일, 데이터셋 또는 모델이 없어요${named(path ?? repository)}`,
    advice: () => "파라미터의 경로가 맞는지, 앞 스테이지가 그 파일을 만들었는지 확인해 주세요.",
  },
  "permission-denied": {
    reason: ({ path }) => `읽거나 쓸 권한이 없어요${named(path)}`,
    advice: () => "실행의 출력 폴더 아래에 쓰거나, 볼륨 담당자에게 권한을 요청하세요.",
  },
  "checkpoint-mismatch": {
    reason: () => "체크포인트가 모델과 맞지 않거나 깨졌어요",
    advice: () =>
      "모델 크기, 토크나이저, LoRA rank가 체크포인트를 저장할 때와 같은지 확인하거나, 더 앞의 체크포인트를 쓰세요.",
  },
  "sequence-too-long": {
    reason: ({ sequenceTokens, modelTokens }) =>
      `모델이 받을 수 있는 길이보다 긴 시퀀스가 있어요${parts(
        sequenceTokens !== undefined && `${sequenceTokens}토큰`,
        modelTokens !== undefined && `최대 ${modelTokens}토큰`,
      )}`,
    advice: () => "시퀀스 길이를 줄이거나, 스크립트에서 입력을 잘라 주세요.",
  },
  "import-error": {
    reason: ({ module }) => `파이썬 패키지가 없거나 버전이 맞지 않아요${named(module)}`,
    advice: () => "스크립트에 필요한 버전이 들어 있는 이미지를 쓰세요.",
  },
  "nan-loss": {
    reason: (facts) => `${onRank(facts)}loss가 NaN이나 무한대가 됐어요`,
    advice: () => "러닝레이트를 낮추고 bf16으로 학습해 보세요. 그 스텝 근처의 데이터도 확인해 보세요.",
  },
  "deadline-exceeded": {
    reason: () => "제한 시간을 넘겨서 끝났어요",
    advice: () => "마지막 체크포인트에서 이어 가거나, 스테이지의 제한 시간을 늘려 달라고 하세요.",
  },
  "python-error": {
    reason: (facts) =>
      `${onRank(facts)}${code(facts.error ?? "exception")} 오류가 났어요${named(facts.message)}`,
    advice: () => "traceback을 끝에서부터 읽어 보세요. 내 코드가 마지막으로 나오는 줄부터 보면 돼요.",
  },
  "nccl-network": {
    reason: (facts) => `${onRank(facts)}GPU끼리 연결이 끊겼어요 (NCCL)`,
    advice: () =>
      "다른 rank나 노드가 먼저 죽지 않았는지 보세요. 아니라면 어느 노드들이었는지 MLOps 담당자에게 알려 주세요.",
  },
  "nccl-timeout": {
    reason: (facts) =>
      `${onRank(facts)}다른 rank를 너무 오래 기다렸어요 (NCCL timeout)${named(facts.operation)}`,
    advice: () =>
      "멈추거나 느려진 rank를 찾아보세요. 데이터가 고르지 않거나, 평가가 길거나, 한 rank만 저장할 때 자주 생겨요. 가장 먼저 조용해진 rank가 원인이에요.",
  },
  unknown: {
    reason: ({ exitCode }) =>
      `로그만으로는 원인을 알 수 없어요${parts(exitCode !== undefined && `종료 코드 ${exitCode}`)}`,
    advice: () => "로그의 마지막 줄을 읽어 보거나 파드 이벤트를 확인해 주세요.",
  },
};
