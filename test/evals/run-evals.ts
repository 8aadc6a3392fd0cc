import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { openSearchModels } from "#src/compose/open-knowledge.ts";
import { ConfigError, readConfig } from "#src/config.ts";
import { answerContains } from "./answer-contains.ts";
import type { AskedQuestion } from "./ask-questions.ts";
import { reportGroups } from "./group-report.ts";
import { BadLineError, readPassages, readQuestions, type EvalQuestion } from "./read-rows.ts";
import { reportTable } from "./report-table.ts";
import { runEval, type EvalDocuments } from "./run-eval.ts";

const USAGE = `Measures search, answers and refusals over documents, on a fresh index in a temporary folder, without a model.

  ./jibsa eval --corpus DIR --questions FILE [--questions FILE …] [--json] [--misses]
  ./jibsa eval --passages FILE --questions FILE [--questions FILE …] [--json] [--misses]

Questions, one JSON object a line:
  {"qid": "r1", "question": "How often is a step retried?", "answers": ["three times"],
   "gold_passage_ids": ["guides/retry.md"], "answerable": true, "lang": "en", "group": "guides"}
  answers           strings of which any one, found in the answer, makes it right
  gold_passage_ids  what answers it: paths relative to DIR, or ids of passages; empty when answerable is false
  lang, group       optional; further keys are ignored
Passages, one JSON object a line, each a document of its own: {"pid": "p1", "title": "…", "text": "…"}

  --config FILE  search with the embedder and the reranker of these settings; default: by words alone
  --no-reranker  leave the reranker of these settings out, to see what it is worth
  --json    print one object {"groups": [...]} and nothing else
  --misses  print each question whose page does not come first, or that is wrongly answered or refused

Exit code: 0 measured, 1 failed, 2 wrong arguments or an unusable line of a file.`;

/** What is wrong with the arguments; told without a trace. */
class UsageError extends Error {}

try {
  await main();
} catch (error) {
  const isUsage =
    error instanceof UsageError || error instanceof BadLineError || error instanceof ConfigError;
  console.error(isUsage ? error.message : error);
  process.exitCode = isUsage ? 2 : 1;
}

async function main(): Promise<void> {
  const values = readArguments();
  if (values.help === true) return console.log(USAGE);
  if (values.questions === undefined) throw new UsageError(`--questions is missing\n\n${USAGE}`);
  const documents = await findDocuments(values.corpus, values.passages);
  const questions: EvalQuestion[] = [];
  for (const file of values.questions) {
    await expectKind("--questions", file, "file");
    questions.push(...(await readQuestions(file)));
  }
  if (questions.length === 0) throw new UsageError("there is no question in the files");
  const search =
    values.config === undefined ? {} : openSearchModels(readConfig(process.env, { file: values.config }));
  if (values["no-reranker"] === true) delete search.reranker;
  const asked = await runEval(documents, questions, (text) => console.error(text), search);
  const groups = reportGroups(asked);
  if (values.json === true) console.log(JSON.stringify({ groups }));
  else console.log(reportTable(groups));
  if (values.misses === true) for (const line of misses(asked)) console.error(line);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        corpus: { type: "string" },
        passages: { type: "string" },
        questions: { type: "string", multiple: true },
        config: { type: "string" },
        "no-reranker": { type: "boolean" },
        json: { type: "boolean" },
        misses: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

/** Passages, where they are given, are the documents; a folder beside them is not indexed. */
async function findDocuments(
  corpus: string | undefined,
  passages: string | undefined,
): Promise<EvalDocuments> {
  if (passages !== undefined) {
    await expectKind("--passages", passages, "file");
    return { passages: await readPassages(passages) };
  }
  if (corpus === undefined) throw new UsageError(`--corpus or --passages is missing\n\n${USAGE}`);
  await expectKind("--corpus", corpus, "folder");
  return { folder: resolve(corpus) };
}

async function expectKind(option: string, path: string, kind: "file" | "folder"): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  const isKind = kind === "file" ? found?.isFile() : found?.isDirectory();
  if (isKind !== true) throw new UsageError(`${option}: there is no ${kind} ${path}`);
}

function misses(asked: readonly AskedQuestion[]): string[] {
  return asked.flatMap(({ question, pages, isRefused, confidence, text }) => {
    const rank = pages.findIndex((page) => question.gold.has(page)) + 1;
    const isRight = question.answers.length === 0 || answerContains(text, question.answers);
    const isFine = question.isAnswerable ? rank === 1 && isRight : isRefused;
    if (isFine) return [];
    const told = `${isRefused ? "refused" : isRight ? "answered" : "answer not in it"}, rank ${rank}, confidence ${confidence.toFixed(2)}`;
    return [`${question.qid} (${told}) ${question.question} -> ${pages.slice(0, 3).join(" | ")}`];
  });
}
