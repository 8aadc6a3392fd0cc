import { code, escapeMrkdwn } from "../escape.ts";
import type { modelTextsEn } from "./model-texts-en.ts";

export const modelTextsKo: typeof modelTextsEn = {
  title: "언어 모델",
  none: "연결된 모델이 없어요. 답변은 문서에서 인용해요.",
  kinds: { ollama: "Ollama", "openai-compatible": "OpenAI 호환 서버" },
  away: "응답하지 않아요",
  empty: "아직 모델이 없어요. `/jibsa models pull qwen3:8b` 로 받을 수 있어요.",
  configured: (name, model) =>
    name === model ? `설정됨: ${code(name)}` : `설정됨: ${code(name)} = ${code(model)}`,
  missing: (model) =>
    model === undefined
      ? "서버에 이 모델이 없어요"
      : `서버에 이 모델이 없어요: ${code(`/jibsa models pull ${model}`)}`,
  loaded: (memory, gpuPercent, until) =>
    `메모리에 올라가 있음, ${memory}, GPU ${gpuPercent} %${until === undefined ? "" : `, ${until} 까지`}`,
  more: (count) => `… 그 밖에 ${count}개`,
  howToPull:
    "어떤 모델을 받을까요? `/jibsa models pull qwen3:8b` 처럼 Ollama 라이브러리의 이름을 적어 주세요. 이름이나 `소유자/이름` 뒤에 콜론과 태그를 붙일 수 있어요. 앞에 호스트를 적은 이름은 받지 않아요.",
  noOllama:
    "설정된 모델 중에 Ollama로 서빙하는 것이 없어요. 다른 서버의 모델은 그 서버를 운영하는 분이 관리해요.",
  whichServer: (servers) =>
    `어느 서버에서 받을까요? 뒤에 ${servers.map((server) => code(`on=${server}`)).join(" 또는 ")} 를 붙여 주세요.`,
  pulledAlready: (model, person) =>
    `${code(model)} 은(는) 이미 받고 있어요. ${person} 님이 요청했고, 그 메시지에서 진행 상황을 볼 수 있어요.`,
  toldDirectly: "모델을 받고 있어요. 진행 상황은 다이렉트 메시지로 보여 드려요.",
  pulling: (model, server) => `${code(server)} 에서 ${code(model)} 받는 중`,
  pulled: (model, server) => `${code(server)} 에 ${code(model)} 이(가) 있어요`,
  begins: "시작하고 있어요 …",
  waiting: "서버가 지금 응답하지 않아요. 다시 응답하면 받던 곳부터 이어서 받아요.",
  ready: "다 받았어요. 답변에는 설정된 모델을 써요.",
  failed: (reason) => `받지 못했어요: ${escapeMrkdwn(reason)}`,
  serverGone: "이 서버는 이제 설정에 없어요",
};
