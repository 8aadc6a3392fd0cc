import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { readPassages, readQuestions } from "./read-rows.ts";

let folder: string;
beforeAll(async () => {
  folder = await makeTemporaryFolder("rows");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(...lines: string[]): Promise<string> {
  const file = join(folder, "rows.jsonl");
  await writeFile(file, lines.join("\n"));
  return file;
}

const ROW = { qid: "q1", question: "재시도는?", answers: ["3"], gold_passage_ids: ["p1"], answerable: true };

describe("rows of questions and passages", () => {
  it("may lack language and group, and may have further keys", async () => {
    const file = await fileOf(
      JSON.stringify({ ...ROW, source: "elsewhere" }),
      "",
      JSON.stringify({ ...ROW, lang: "en", group: "mine" }),
    );

    const questions = await readQuestions(file);

    expect(questions.map(({ lang, group }) => [lang, group])).toEqual([
      ["ko", "ko"],
      ["en", "mine"],
    ]);
  });

  it("are refused by file and line", async () => {
    const broken = await fileOf(JSON.stringify(ROW), "{");
    await expect(readQuestions(broken)).rejects.toThrow(`${broken}:2: this is no JSON`);

    const without = await fileOf(JSON.stringify({ ...ROW, gold_passage_ids: [] }));
    await expect(readQuestions(without)).rejects.toThrow(/:1: an answerable question needs gold/);
  });

  it("give each passage one id", async () => {
    const passage = JSON.stringify({ pid: "p1", title: "t", text: "x" });

    await expect(readPassages(await fileOf(passage, passage))).rejects.toThrow('two passages "p1"');
  });
});
