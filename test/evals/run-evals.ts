import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { z } from "zod";
import { createFolderSource } from "#src/rag/adapters/folder-source.ts";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import { createRag, type Rag } from "#src/rag/create-rag.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import { retrieve } from "#src/rag/retrieve.ts";
import { termStatistics } from "#src/rag/term-statistics.ts";
import { textLanguage } from "#src/rag/text-language.ts";
import { startTestMilvus } from "#test/servers/milvus-lite.ts";
import { startTestPostgres } from "#test/servers/postgres.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const USAGE = `Measures retrieval and refusals over a folder of documents, on a real Milvus Lite.

  ./jibsa eval --corpus DIR --questions FILE [--questions FILE …] [--misses]

Each line of a question file: {"question": "…", "answers": ["path/of/page.md"], "answerable": true}
"answers" are the pages, relative to DIR, of which any one answers; empty when "answerable" is false.
--misses prints each question whose page does not come first, or that is wrongly answered or refused.`;

const Question = z.strictObject({
  question: z.string().min(1),
  answers: z.array(z.string()),
  answerable: z.boolean(),
});
type Question = z.infer<typeof Question>;

interface Result {
  question: Question;
  /** Of the first page that answers; 0 when it was not found. */
  rank: number;
  isRefused: boolean;
  confidence: number;
  pages: readonly string[];
  firstTextMs: number;
}

const { values } = parseArgs({
  options: {
    corpus: { type: "string" },
    questions: { type: "string", multiple: true },
    misses: { type: "boolean" },
    help: { type: "boolean" },
  },
});
if (values.help === true || values.corpus === undefined || values.questions === undefined) {
  console.log(USAGE);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  await run(resolve(values.corpus), values.questions, values.misses === true);
}

async function run(corpus: string, files: readonly string[], isTellingMisses: boolean): Promise<void> {
  const sets = await Promise.all(files.map(async (file) => ({ file, questions: await readQuestions(file) })));
  const folder = await makeTemporaryFolder("evals");
  const [milvus, postgres] = await Promise.all([startTestMilvus(), startTestPostgres()]);
  const index = createMilvusVectorIndex({ address: () => milvus.address, collection: "evals" });
  try {
    const { store } = await postgres.createDatabase();
    const rag = createRag({
      store,
      index,
      sources: [createFolderSource({ name: "corpus", folder: corpus, baseUrl: "https://corpus.invalid/" })],
      prompts: await loadPrompts(join(import.meta.dirname, "../../prompts")),
      logger: pino({ level: "silent" }),
    });
    const { written, tookMs } = await rag.sync("corpus");
    console.log(`${written} pages, ${await index.count()} chunks, indexed in ${tookMs} ms\n`);
    const statistics = termStatistics(await index.sampleSearchTexts(20_000));
    console.log("set                  questions  hit@1  hit@3  hit@5    MRR  refused  first text (median)");
    for (const { file, questions } of sets) {
      const results: Result[] = [];
      for (const question of questions) {
        const asked = { text: question.question, locale: textLanguage(question.question) };
        const found = await retrieve({ index, statistics: async () => statistics }, asked);
        const pages = [...new Set(found.passages.map(({ chunk }) => chunk.path))];
        results.push({
          question,
          rank: pages.findIndex((page) => question.answers.includes(page)) + 1,
          isRefused: found.passages.length === 0,
          confidence: found.confidence,
          pages: pages.length > 0 ? pages : found.nearest.map((page) => `(${page.title})`),
          firstTextMs: await timeToFirstText(rag, asked),
        });
      }
      report(file, results, isTellingMisses);
    }
  } finally {
    await index.close();
    await Promise.all([milvus.close(), postgres.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function readQuestions(file: string): Promise<Question[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line.trim() !== "");
  return lines.map((line, index) => {
    try {
      return Question.parse(JSON.parse(line));
    } catch (error) {
      throw new Error(`${file}:${index + 1} is no question`, { cause: error });
    }
  });
}

async function timeToFirstText(rag: Rag, question: { text: string; locale: "en" | "ko" }): Promise<number> {
  const startedMs = performance.now();
  for await (const event of rag.answer(question))
    if (event.kind === "text-delta" || event.kind === "no-answer") break;
  return performance.now() - startedMs;
}

function report(file: string, results: readonly Result[], isTellingMisses: boolean): void {
  const share = (condition: (result: Result) => boolean): string =>
    (results.filter(condition).length / Math.max(1, results.length)).toFixed(3);
  const hit = (limit: number): string => share(({ rank }) => rank >= 1 && rank <= limit);
  const mrr =
    results.reduce((sum, { rank }) => sum + (rank === 0 ? 0 : 1 / rank), 0) / Math.max(1, results.length);
  const times = results.map(({ firstTextMs }) => firstTextMs).sort((left, right) => left - right);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const name = (file.split("/").at(-1) ?? file).padEnd(20).slice(0, 20);
  const cells = [String(results.length).padStart(9), hit(1), hit(3), hit(5), mrr.toFixed(3)];
  console.log(
    `${name} ${cells.join("  ")}    ${share(({ isRefused }) => isRefused)}  ${median.toFixed(0)} ms`,
  );
  if (!isTellingMisses) return;
  for (const { question, rank, isRefused, confidence, pages } of results) {
    const isMissed = question.answerable ? rank !== 1 : !isRefused;
    if (isMissed)
      console.log(
        `  ${isRefused ? "refused" : `rank ${rank}`} (${confidence.toFixed(2)}) ${question.question} -> ${pages.slice(0, 3).join(" | ")}`,
      );
  }
}
