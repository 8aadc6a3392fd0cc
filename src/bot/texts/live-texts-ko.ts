import { code, escapeMrkdwn } from "../escape.ts";
import type { liveTextsEn } from "./live-texts-en.ts";

/** The same in Korean. */
export const liveTextsKo: typeof liveTextsEn = {
  markCluster: (cluster, time) => `클러스터 ${escapeMrkdwn(cluster)}, ${time}`,
  markRuns: (time) => `실행, ${time}`,
  markLimits: (time) => `한도, ${time}`,
  fromDocuments: "문서:",
  docsNothing: "문서: 이 내용은 없어요.",
  docsAway: "문서: 지금은 검색이 응답하지 않아요.",
  noRuns: "Jibsa가 따라가고 있는 내 실행이 없어요.",
  moreRuns: (count) => `외 ${count}개: ${code("/train list mine")}`,
  noFailure: (stage) =>
    stage === ""
      ? "Jibsa가 따라간 내 실행 중에 실패한 것이 없어요."
      : `Jibsa가 따라간 내 ${code(stage)} 실행 중에 실패한 것이 없어요.`,
  noGpus: "GPU 없음",
  freeGpus: (free, total) => `GPU ${total}개 중 ${free}개 비어 있음`,
  largest: (node, free) => `가장 큰 자리 ${free}개 (${code(node)})`,
  waiting: (count) => `대기 중인 파드 ${count}개`,
  quota: (name, namespace, used, limit) =>
    `${code(namespace)} 의 쿼터 ${code(name)}: GPU ${limit}개 중 ${used}개 사용 중`,
  noLimits: "내 GPU에 걸린 Jibsa 한도나 클러스터 쿼터가 없어요.",
  missing: (what, why) => `⚠️ ${what}: 지금은 알 수 없어요 (${why}).`,
  whats: {
    "my-runs": "내 실행",
    "free-gpus": "빈 GPU",
    allowances: "내 한도",
    run: "그 실행",
    "last-failure": "마지막으로 실패한 내 실행",
  },
  onCluster: (what, cluster) => `${escapeMrkdwn(cluster)} 의 ${what}`,
  late: (seconds) => `${seconds}초 안에 응답 없음`,
  mode: "조회한 답변",
  why: "직접 입력할 수 있는 명령과 같은 권한으로 조회했어요. 문서는 찾지 않았어요.",
};
