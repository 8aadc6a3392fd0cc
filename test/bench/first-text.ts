import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import { questionTerms } from "#src/rag/question-terms.ts";
import type { Jibsa } from "#test/servers/jibsa.ts";
import { waitUntil } from "#test/wait-until.ts";
import type { Figure } from "./figure.ts";
import { writeBenchConfig } from "./servers/bench-config.ts";
import { messagePayload } from "./servers/envelopes.ts";
import { startSlackServer, type SlackServer } from "./servers/slack-server.ts";
import { startOnSlackServer } from "./servers/start-bench-jibsa.ts";
import { median } from "./statistics.ts";

const QUESTIONS = [
  "argo 재시도 백오프 어떻게 걸어요?",
  "How do I limit the parallelism of a workflow?",
  "파드가 Pending 상태에 머무르는 이유는?",
  "What does a readiness probe do?",
  "워크플로 아티팩트를 S3에 저장하려면?",
  "How do I expose a service outside of the cluster?",
  "configmap을 파드에서 어떻게 쓰나요?",
  "What happens when a cron workflow overlaps?",
  "네임스페이스 리소스 쿼터 설정 방법",
  "How do I suspend and resume a workflow?",
];
/** What `retrieve` asks the index for. */
const CANDIDATES = 100;
const INDEXING_TIMEOUT_MS = 180_000;
const ANSWER_TIMEOUT_MS = 15_000;

export const firstTextFigure: Figure = {
  name: "first-text",
  summary:
    "a question to its first visible words, quoted from --corpus; peer: the Milvus search that it needs",
  lines: [
    { label: "first-text", ours: "answer", peer: "search", unit: "ms", compare: "difference", limit: 150 },
  ],
  async open({ corpus, isQuick }) {
    if (corpus === undefined) return { skipped: "no documents given (--corpus DIR)" };
    const slack = await startSlackServer();
    const config = await writeBenchConfig(() => ({
      slack: { apiUrl: slack.apiUrl },
      model: { provider: "none" },
      knowledge: { sources: [{ name: "corpus", folder: corpus, baseUrl: "https://corpus.invalid/" }] },
    }));
    const closers = [slack.close, config.close];
    const close = async (): Promise<void> => {
      for (const closer of closers.toReversed()) await closer();
    };
    try {
      const jibsa = await startOnSlackServer({ configFile: config.file, roles: "slack,worker" });
      closers.push(jibsa.close);
      await waitUntil(
        "the pages are indexed",
        () => jibsa.output().includes("documents indexed"),
        INDEXING_TIMEOUT_MS,
      );
      const index = createMilvusVectorIndex({ address: await milvusAddressOf(jibsa), collection: "jibsa" });
      closers.push(index.close);
      const questions = isQuick ? QUESTIONS.slice(0, 2) : QUESTIONS;
      const each = (measure: (question: string) => Promise<number>) => async (): Promise<number> => {
        const tookMs: number[] = [];
        for (const question of questions) tookMs.push(await measure(question));
        return median(tookMs);
      };
      const sides = {
        answer: each((question) => timeToFirstText(slack, question)),
        search: each((question) => timeOfSearch(index, question)),
      };
      await sides.answer();
      await sides.search();
      return { sides, close };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

async function milvusAddressOf({ dataDir }: Jibsa): Promise<string> {
  const { milvusAddress } = JSON.parse(await readFile(join(dataDir, "running.json"), "utf8")) as {
    milvusAddress: string;
  };
  return milvusAddress;
}

let asked = 0;

/** From the event being sent to the call that shows text in its thread. */
async function timeToFirstText(slack: SlackServer, question: string): Promise<number> {
  const ts = `${Math.floor(Date.now() / 1_000)}.${String((asked += 1)).padStart(6, "0")}`;
  let stop: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const shown = new Promise<number>((done, failed) => {
    timer = setTimeout(() => failed(new Error(`no answer to: ${question}`)), ANSWER_TIMEOUT_MS);
    stop = slack.onCall(({ method, fields, atMs }) => {
      const hasText = fields.get("markdown_text") ?? fields.get("text");
      if (/^chat\.(startStream|postMessage)$/.test(method) && fields.get("thread_ts") === ts && hasText)
        done(atMs);
    });
  });
  const sentAtMs = performance.now();
  const acknowledged = slack.send("events_api", messagePayload(question, ts));
  try {
    const [atMs] = await Promise.all([shown, acknowledged]);
    return atMs - sentAtMs;
  } finally {
    clearTimeout(timer);
    stop?.();
  }
}

async function timeOfSearch(
  index: ReturnType<typeof createMilvusVectorIndex>,
  question: string,
): Promise<number> {
  const tokens = questionTerms(question).flatMap((term) => term.alternatives.flat());
  const searchText = [...new Set(tokens)].join(" ");
  const startedMs = performance.now();
  await index.search({ searchText, audiences: ["public"], limit: CANDIDATES });
  return performance.now() - startedMs;
}
