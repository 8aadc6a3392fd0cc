import { readFile } from "node:fs/promises";
import { z } from "zod";
import { textLanguage } from "#src/rag/text-language.ts";

const QuestionRow = z
  .object({
    qid: z.coerce.string().min(1),
    question: z.string().trim().min(1),
    answers: z.array(z.string()).default([]),
    gold_passage_ids: z.array(z.coerce.string()).default([]),
    answerable: z.boolean().default(true),
    lang: z.string().min(1).nullish(),
    group: z.string().min(1).nullish(),
  })
  .refine((row) => !row.answerable || row.gold_passage_ids.length > 0, {
    message: "an answerable question needs gold_passage_ids",
  });

const PassageRow = z.object({
  pid: z.coerce.string().min(1),
  title: z.string().default(""),
  text: z.string(),
});

export interface EvalQuestion {
  qid: string;
  question: string;
  /** Any one of them answers. */
  answers: readonly string[];
  gold: ReadonlySet<string>;
  isAnswerable: boolean;
  lang: string;
  group: string;
}

export type EvalPassage = z.infer<typeof PassageRow>;

/** A line of a file that cannot be used; its message names file and line. */
export class BadLineError extends Error {
  override name = "BadLineError";
}

/** A row without `lang` has the language that it is written in, one without `group` is grouped by its language. */
export async function readQuestions(file: string): Promise<EvalQuestion[]> {
  const rows = await readRows(file, QuestionRow);
  return rows.map((row) => {
    const lang = row.lang ?? textLanguage(row.question);
    return {
      qid: row.qid,
      question: row.question,
      answers: row.answers,
      gold: new Set(row.gold_passage_ids),
      isAnswerable: row.answerable,
      lang,
      group: row.group ?? (row.answerable ? lang : "unanswerable"),
    };
  });
}

/** @throws BadLineError also where an id is there twice */
export async function readPassages(file: string): Promise<EvalPassage[]> {
  const rows = await readRows(file, PassageRow);
  const seen = new Set<string>();
  for (const { pid } of rows) {
    if (seen.has(pid)) throw new BadLineError(`${file}: there are two passages "${pid}"`);
    seen.add(pid);
  }
  return rows;
}

async function readRows<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const lines = (await readFile(file, "utf8")).replace(/^\uFEFF/, "").split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const parsed = schema.safeParse(parseJson(line, `${file}:${index + 1}`));
    if (parsed.success) return [parsed.data];
    const problems = parsed.error.issues.map((issue) => [...issue.path, issue.message].join(" "));
    throw new BadLineError(`${file}:${index + 1}: ${problems.join("; ")}`);
  });
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new BadLineError(`${place}: this is no JSON`);
  }
}
