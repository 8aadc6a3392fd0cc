import type { safetyTextsEn } from "./safety-texts-en.ts";

/** The same sentences in Korean. */
export const safetyTextsKo: typeof safetyTextsEn = {
  refused: "허용되지 않은 내용이 들어 있어서 클러스터에 보내지 않았어요.",
  rules: {
    namespace: (value) => `네임스페이스 ${value}: 허용되지 않아요 (\`safety.namespaces\`).`,
    image: (value) => `이미지 ${value}: 허용되지 않아요 (\`safety.images\`).`,
    "service-account": (value) => `서비스 어카운트 ${value}: 허용되지 않아요 (\`safety.serviceAccounts\`).`,
    claim: (value) => `볼륨 클레임(PVC) ${value}: 허용되지 않아요 (\`safety.claims\`).`,
    volume: (value) => `볼륨 ${value}: 어떤 템플릿에도 없는 볼륨이에요.`,
    "host-path": (value) =>
      `노드의 폴더를 마운트하려고 해요(hostPath ${value}). \`safety.allow\` 에 host-path 가 없어요.`,
    "host-namespaces": (value) =>
      `파드가 노드의 네트워크, 프로세스 또는 IPC를 그대로 쓰려고 해요(${value}). \`safety.allow\` 에 host-namespaces 가 없어요.`,
    privileged: (value) =>
      `컨테이너가 노드 권한을 요구해요(${value}). \`safety.allow\` 에 privileged 가 없어요.`,
    unreadable: (value) => `실행해 보기 전에는 무엇이 될지 알 수 없어요: ${value}`,
  },
  allowed: (values) => `쓸 수 있는 값: ${values}`,
  more: (count) => `… 그 밖에 ${count}개가 더 있어요.`,
  advice: "파라미터 값을 바꾸거나, MLOps 담당자에게 스테이지를 고치거나 설정에서 허용해 달라고 해 주세요.",
};
