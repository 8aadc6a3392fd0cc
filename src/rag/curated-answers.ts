import { z } from "zod";
import type { Locale, Store } from "../store/database.ts";
import type { Curator, Question, SourceRef } from "./ports.ts";
import { PUBLIC_AUDIENCE } from "./readers.ts";
import { createSimilarity } from "./similar-questions.ts";
import type { TermBook } from "./term-book.ts";

/** More would be documents. */
const MAX_CURATED = 1_000;

/** A page that a curated answer rests on, as it was when the answer was written. */
const pageSchema = z.object({
  documentId: z.string(),
  contentHash: z.string(),
  title: z.string(),
  headings: z.array(z.string()),
  url: z.string(),
});
export type CuratedPage = z.infer<typeof pageSchema>;

export interface CuratedAnswer {
  id: string;
  number: number;
  question: string;
  answer: string;
  locale: Locale;
  pages: readonly CuratedPage[];
  by: Curator;
  /** Its pages are as they were; else it is not offered. */
  isCurrent: boolean;
  /** Of those of its pages that are there: who reads them. */
  audiences: readonly string[];
}

/**
 * Kept for such questions from now on; it takes the place of one for the same question in the same language. False: it was kept
 * before, under the same id.
 */
export async function saveCuratedAnswer(
  store: Store,
  saved: {
    id: string;
    question: string;
    answer: string;
    locale: Locale;
    /** What the corrected answer cites. */
    cited: readonly SourceRef[];
    answerId: string;
    by: Curator;
  },
): Promise<boolean> {
  const { id, question, answer, locale, answerId, by } = saved;
  const ids = saved.cited.map(({ documentId }) => documentId);
  const known =
    ids.length === 0
      ? []
      : await store.selectFrom("documents").select(["id", "content_hash"]).where("id", "in", ids).execute();
  const hashes = new Map(known.map((row) => [row.id, row.content_hash]));
  const pages: readonly CuratedPage[] = saved.cited.flatMap(({ documentId, title, headings, url }) => {
    const contentHash = hashes.get(documentId);
    return contentHash === undefined
      ? []
      : [{ documentId, contentHash, title, headings: [...headings], url }];
  });
  const written = await store
    .insertInto("curated_answers")
    .values({
      id,
      question,
      answer,
      locale,
      pages: JSON.stringify(pages),
      answer_id: answerId,
      curated_by: by.slackUserId,
      curated_by_name: by.name,
      curated_at: by.at,
      removed_by: null,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (written === undefined) return false;
  const same = (await listCuratedAnswers(store)).filter(
    (other) => other.id !== id && other.locale === locale && plain(other.question) === plain(question),
  );
  for (const other of same) await removeCuratedAnswer(store, { ...other, by: by.slackUserId, at: by.at });
  return true;
}

/** Undefined: there is none of that number. */
export async function removeCuratedAnswer(
  store: Store,
  { number, by, at }: { number: number; by: string; at: Date },
): Promise<{ question: string } | undefined> {
  return store
    .updateTable("curated_answers")
    .set({ removed_by: by, removed_at: at })
    .where("number", "=", number)
    .where("removed_at", "is", null)
    .returning("question")
    .executeTakeFirst();
}

/** Newest first, those included whose pages have changed. */
export async function listCuratedAnswers(store: Store): Promise<readonly CuratedAnswer[]> {
  const rows = await store
    .selectFrom("curated_answers")
    .selectAll()
    .where("removed_at", "is", null)
    .orderBy("curated_at", "desc")
    .orderBy("number", "desc")
    .limit(MAX_CURATED)
    .execute();
  const answers = rows.map((row) => ({ row, pages: z.array(pageSchema).parse(row.pages) }));
  const ids = [...new Set(answers.flatMap(({ pages }) => pages.map(({ documentId }) => documentId)))];
  const documents =
    ids.length === 0
      ? []
      : await store
          .selectFrom("documents")
          .select(["id", "content_hash", "audience"])
          .where("id", "in", ids)
          .execute();
  const hashes = new Map(documents.map(({ id, content_hash: hash }) => [id, hash]));
  const audiences = new Map(documents.map(({ id, audience }) => [id, audience]));
  return answers.map(({ row, pages }) => ({
    id: row.id,
    number: row.number,
    question: row.question,
    answer: row.answer,
    locale: row.locale,
    pages,
    by: { slackUserId: row.curated_by, name: row.curated_by_name, at: row.curated_at },
    isCurrent: pages.every(({ documentId, contentHash }) => hashes.get(documentId) === contentHash),
    audiences: [...new Set(pages.flatMap(({ documentId }) => audiences.get(documentId) ?? []))],
  }));
}

/**
 * The answer that somebody has written for such a question, in the asker's language, where everybody who sees it may read all of
 * its pages. Not where a model was asked for by name,
 * nor for a follow-up, which may mean something only together with what was asked before it.
 */
export async function findCuratedAnswer(
  store: Store,
  question: Question,
  book: TermBook,
): Promise<CuratedAnswer | undefined> {
  if (question.model !== undefined || question.history?.some(({ role }) => role === "person"))
    return undefined;
  const readable = question.audiences ?? [PUBLIC_AUDIENCE];
  const similarity = createSimilarity(question.text, book);
  const candidates = (await listCuratedAnswers(store)).flatMap((curated) => {
    if (!isReadable(curated, readable)) return [];
    if (!curated.isCurrent || curated.locale !== question.locale || !isInSources(curated, question))
      return [];
    const similar = similarity(curated.question);
    return similar === undefined ? [] : [{ curated, similar }];
  });
  return candidates.toSorted((a, b) => b.similar - a.similar)[0]?.curated;
}

/** Whether its pages may all be read by whoever has these audiences. One without pages is everybody's. */
export function isReadable({ audiences }: CuratedAnswer, readable: readonly string[]): boolean {
  return audiences.every((audience) => readable.includes(audience));
}

/** A question about some sources only is not answered from the others. A document's id begins with its source. */
function isInSources({ pages }: CuratedAnswer, { sources }: Question): boolean {
  return (
    sources === undefined ||
    (pages.length > 0 &&
      pages.every(({ documentId }) => sources.some((source) => documentId.startsWith(`${source}:`))))
  );
}

function plain(question: string): string {
  return question
    .toLowerCase()
    .replace(/[\s?!.]+/g, " ")
    .trim();
}
