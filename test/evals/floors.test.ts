import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answerContains } from "./answer-contains.ts";
import { FLOORS, underFloors } from "./floors.ts";
import { reportGroups } from "./group-report.ts";
import { readPassages, readQuestions } from "./read-rows.ts";
import { runEval } from "./run-eval.ts";

const here = (name: string): string => join(import.meta.dirname, name);
const DOCS = join(import.meta.dirname, "../../docs");
/** A folder with the pages that `questions.jsonl` asks about; not part of this repository, and without it those questions are not asked. */
const CORPUS = process.env["JIBSA_EVAL_CORPUS"];
const ALLOWED_MS = 120_000;

describe("search and answers, held to floors", { timeout: ALLOWED_MS }, () => {
  it("stay above them over our passages", async () => {
    const passages = await readPassages(here("passages.jsonl"));
    const questions = await readQuestions(here("passage-questions.jsonl"));

    const groups = reportGroups(await runEval({ passages }, questions));

    expect(underFloors(groups, FLOORS.passages)).toEqual([]);
  });

  it("stay above them over our own documentation", async () => {
    const questions = await readQuestions(here("docs-questions.jsonl"));

    const groups = reportGroups(await runEval({ folder: DOCS }, questions));

    expect(underFloors(groups, FLOORS.ownDocs)).toEqual([]);
  });

  if (CORPUS !== undefined)
    it("stay above them over the corpus in JIBSA_EVAL_CORPUS", async () => {
      const questions = await readQuestions(here("questions.jsonl"));

      const groups = reportGroups(await runEval({ folder: CORPUS }, questions));

      expect(underFloors(groups, FLOORS.corpus)).toEqual([]);
    });
});

describe("a report under a floor", () => {
  it("is told, and so is a group without questions", () => {
    expect(underFloors([], { mine: { hit_at_10: 0.9 } })).toEqual(["mine: no questions"]);
  });
});

describe("the questions that we ask", () => {
  it("are enough, in both languages, with ids of their own", async () => {
    const questions = await readQuestions(here("questions.jsonl"));

    const count = (group: string): number => questions.filter((one) => one.group === group).length;
    expect(count("ko-en")).toBeGreaterThanOrEqual(30);
    expect(count("ko-ko") + count("ko-en")).toBeGreaterThanOrEqual(60);
    expect(count("en-en")).toBeGreaterThanOrEqual(40);
    expect(count("unanswerable")).toBeGreaterThanOrEqual(20);
    expect(new Set(questions.map(({ qid }) => qid)).size).toBe(questions.length);
  });

  it("have answers that stand in their passages", async () => {
    const texts = new Map((await readPassages(here("passages.jsonl"))).map(({ pid, text }) => [pid, text]));
    const questions = await readQuestions(here("passage-questions.jsonl"));

    const wrong = questions.filter(
      ({ isAnswerable, gold, answers }) =>
        isAnswerable && ![...gold].every((pid) => answerContains(texts.get(pid) ?? "", answers)),
    );
    expect(wrong).toEqual([]);
  });

  if (CORPUS !== undefined)
    it("have answers that stand in their pages of the corpus", async () => {
      const wrong: string[] = [];
      for (const { qid, gold, answers } of await readQuestions(here("questions.jsonl"))) {
        for (const path of gold) {
          const page = await readFile(join(CORPUS, path), "utf8");
          for (const answer of answers) if (!answerContains(page, [answer])) wrong.push(`${qid}: ${answer}`);
        }
      }
      expect(wrong).toEqual([]);
    });
});
