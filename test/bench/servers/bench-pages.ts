import type { DocumentSource } from "#src/rag/document-source.ts";

/** Questions about the pages below, in both languages. */
export const QUESTIONS: readonly string[] = [
  "How is a failed training run started again?",
  "실패한 학습을 다시 시작하려면?",
  "Which node has memory left for a notebook?",
  "대기열에서 얼마나 기다려요?",
  "What does topic17 say about the checkpoint of a run?",
  "예산을 넘으면 어떻게 되나요?",
  "How long does a job wait in the queue?",
  "체크포인트는 어디에 저장돼요?",
];

const WORDS =
  "retry training run failed queue node memory checkpoint budget notebook cluster quota image volume log metric epoch batch scheduler gang 재시도 학습 대기열 노드 메모리 예산 실행 체크포인트 저장 설정".split(
    " ",
  );

/** So many pages of about 1,200 characters that differ; the same ones each time. */
export function benchSource(pages: number): DocumentSource {
  const text = (page: number): string => {
    const words = Array.from({ length: 160 }, (_, place) => {
      const word = WORDS[(page * 7 + place * place * 3 + ((page * place) % 11)) % WORDS.length] ?? "run";
      return place % 12 === 11 ? `topic${(page * 13 + place) % 997}.` : word;
    });
    return `# Page ${page} of topic${page % 97}\n\n${words.join(" ")}`;
  };
  return {
    name: "bench",
    settings: "",
    list: async () => ({
      documents: Array.from({ length: pages }, (_, page) => ({ path: `p${page}.md`, mark: "1" })),
      skipped: [],
    }),
    read: async (path) => ({
      path,
      bytes: Buffer.from(text(Number(path.replace(/\D/g, "")))),
      format: "markdown",
      updatedAt: new Date("2026-11-01T00:00:00Z"),
      url: `https://bench.invalid/${path}`,
    }),
  };
}
