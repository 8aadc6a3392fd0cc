import { code, escapeMrkdwn } from "../escape.ts";
import type { metricsTextsEn } from "./metrics-texts-en.ts";

/** The same in Korean. */
export const metricsTextsKo: typeof metricsTextsEn = {
  loss: (value, change) => `loss ${value}${change === undefined ? "" : ` (${change})`}`,
  lossChange: (by, minutes) => `${minutes}분 동안 ${by}`,
  evalLoss: (value) => `eval ${value}`,
  learningRate: (value) => `lr ${value}`,
  tokensPerSecond: (value) => `${value} tok/s`,
  gpuUse: (percent) => `GPU ${percent} %`,
  buttonChart: "차트",
  chartTitle: (title) => `${title} 손실`,
  chartAlt: (title, points, first, last, step) =>
    `${title}의 손실 꺾은선 차트: 점 ${points}개, ${first}에서 시작해 스텝 ${step}에서 ${last}`,
  chartEval: (last) => `, 마지막 평가 손실 ${last}`,
  chartMissing: (run) =>
    `${code(run)}: 차트를 그리려면 손실 값이 두 개 이상 있어야 해요. MLflow나 로그의 \`step 812/4100 loss 1.24\` 같은 줄에서 읽어요.`,
  lowGpu: (person, percent, minutes, reason) =>
    `${person} GPU를 거의 쓰지 않고 있어요. 최근 ${minutes}분 평균 ${percent} %예요. ${reason}`,
  lowGpuReason: (reason): string => {
    switch (reason.kind) {
      case "some-pods-idle":
        return `일부 워커만 계산하고 나머지는 쉬는 것 같아요 (${reason.pods.map((pod) => code(pod)).join(", ")}). 그 파드의 로그를 확인해 주세요.`;
      case "no-new-step":
        return `멈췄거나 데이터, 다운로드, 체크포인트 저장을 기다리는 것 같아요. 마지막 스텝이 ${reason.minutes}분 전이에요.`;
      case "no-step-yet":
        return "아직 데이터나 모델을 불러오는 중인 것 같아요. 지금까지 본 스텝이 없어요.";
      case "starved":
        return "데이터가 느리게 들어오거나 배치가 너무 작은 것 같아요. 스텝은 진행되지만 그 사이에 GPU가 기다려요.";
    }
    return reason satisfies never;
  },
  chartSent: {
    run: "차트는 실행 메시지의 스레드에 올릴게요.",
    direct: "차트는 다이렉트 메시지로 보낼게요.",
  },
  logsAsFile: "메시지보다 길어서 전체는 파일로 올렸어요.",
  logsAsDirectFile: "메시지보다 길어서 전체는 다이렉트 메시지에 파일로 보냈어요.",
  logsFile: (run) => `${run} 로그`,
  noMatch: (filter) => `${code(filter)}: 이 글자가 들어 있는 로그 줄이 없어요.`,
  filtered: (filter) => `${code(filter)} 포함 줄`,
  following: (title, filter) => `${title} · 실시간${filter === "" ? "" : ` · ${code(filter)} 포함 줄`}`,
  followed: (title, filter, because) =>
    `${title}${filter === "" ? "" : ` · ${code(filter)} 포함 줄`} · ${
      {
        stopped: "멈췄어요",
        time: "10분이 지나서 끝냈어요",
        "run-ended": "실행이 끝났어요",
        refused: "더 이상 볼 수 없어요",
      }[because ?? "stopped"]
    }`,
  buttonStop: "멈추기",
  followStarted: {
    run: "실행 메시지의 스레드에서 로그를 10분 동안 실시간으로 보여 드릴게요. 그 전에 멈출 수도 있어요.",
    direct: "다이렉트 메시지에서 로그를 10분 동안 실시간으로 보여 드릴게요. 그 전에 멈출 수도 있어요.",
  },
  followLimit: (most) => `이미 로그 ${most}개를 따라가고 있어요. 먼저 하나를 멈춰 주세요.`,
  followNotYours: "이 로그를 따라가는 사람이나 실행의 주인만 멈출 수 있어요.",
  fileRefused: (name, error) => `${escapeMrkdwn(name)}: 파일을 올리지 못했어요. Slack 응답: ${code(error)}`,
};
