import { join } from "node:path";
import { pino } from "pino";
import type { openSearchModels } from "#src/compose/open-knowledge.ts";
import { createFolderSource } from "#src/rag/adapters/folder-source.ts";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import { createRag } from "#src/rag/create-rag.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import { termStatistics } from "#src/rag/term-statistics.ts";
import { startTestMilvus } from "#test/servers/milvus-lite.ts";
import { startTestPostgres } from "#test/servers/postgres.ts";
import { askQuestion, type AskedQuestion } from "./ask-questions.ts";
import { createPassageSource } from "./passage-source.ts";
import type { EvalPassage, EvalQuestion } from "./read-rows.ts";

export type EvalDocuments = { folder: string } | { passages: readonly EvalPassage[] };

/** Indexes the documents into a fresh Milvus Lite in a temporary folder, asks each question, and leaves nothing behind. */
export async function runEval(
  documents: EvalDocuments,
  questions: readonly EvalQuestion[],
  onProgress: (text: string) => void = () => {},
  search: Partial<ReturnType<typeof openSearchModels>> = {},
): Promise<AskedQuestion[]> {
  const passages = "passages" in documents ? createPassageSource(documents.passages) : undefined;
  const source =
    "folder" in documents
      ? createFolderSource({ name: "corpus", folder: documents.folder, baseUrl: "https://corpus.invalid/" })
      : undefined;
  const logger = pino({ level: "silent" });
  const prompts = await loadPrompts(join(import.meta.dirname, "../../prompts"));
  await using stack = new AsyncDisposableStack();
  const [milvus, postgres] = await Promise.allSettled([startTestMilvus(), startTestPostgres()]);
  if (milvus.status === "fulfilled") stack.defer(() => milvus.value.close());
  if (postgres.status === "fulfilled") stack.defer(() => postgres.value.close());
  if (milvus.status === "rejected") throw milvus.reason;
  if (postgres.status === "rejected") throw postgres.reason;
  const index = createMilvusVectorIndex({ address: () => milvus.value.address, collection: "evals" });
  stack.defer(() => index.close());
  const { store } = await postgres.value.createDatabase();
  const sources = [source, passages?.source].filter((one) => one !== undefined);
  const rag = createRag({ store, index, sources, prompts, logger, ...search });
  stack.defer(() => rag.close());
  for (const { name } of sources) {
    const { written, skipped, tookMs } = await rag.sync(name);
    onProgress(`${written} documents indexed in ${tookMs} ms, ${skipped.length} left out`);
  }
  const { isComplete } = await rag.settle();
  if (!isComplete) throw new Error("the embedder did not give every chunk its vector");
  const statistics = termStatistics(await index.sampleSearchTexts(20_000));
  const asked: AskedQuestion[] = [];
  const deps = {
    index,
    statistics,
    vectorOf: rag.embedder?.ofQuestion,
    rerank: rag.rerank,
    prompts,
    logger,
    pageId: (path: string) => passages?.pidOf(path) ?? path,
  };
  for (const question of questions) {
    asked.push(await askQuestion(deps, question));
    if (asked.length % 500 === 0) onProgress(`${asked.length} of ${questions.length} questions asked`);
  }
  return asked;
}
