import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Store } from "../store/database.ts";
import { createTermBook, MAX_PHRASE_WORDS, phraseWords, type TermBook } from "./term-book.ts";

const MAX_TERM_CHARACTERS = 80;
/** More would be no glossary, and every question looks through it. */
const MAX_TERMS = 2_000;
/** A term that was added in another process is known here so long after at the latest. */
const KNOWN_FOR_MS = 2_000;

export interface GlossaryTerm {
  id: string;
  term: string;
  counterpart: string;
  /** Who added or accepted it; of a suggestion, null. */
  person: string | null;
  /** Of what was learned: the page. */
  path: string | null;
}
export type AddTermOutcome =
  | { kind: "added" | "known"; term: string; counterpart: string }
  | { kind: "refused"; cause: "no-words" | "too-many-words" | "the-same" | "full" };

/** One side as it is kept; undefined where it cannot be found in a question. */
export function glossaryWording(text: string): { text: string; words: number } {
  const clean = text
    .normalize("NFKC")
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
  return { text: clean.slice(0, MAX_TERM_CHARACTERS), words: phraseWords(clean).length };
}

/** The same pair has the same id, whichever side is first and however it is spaced. */
export function glossaryId(term: string, counterpart: string): string {
  const sides = [term, counterpart].map((side) => side.toLowerCase().replaceAll(" ", "")).sort();
  return createHash("sha256").update(JSON.stringify(sides)).digest("hex").slice(0, 16);
}

/** Both mean the same from now on. A suggestion or a dismissed one becomes a used one. */
export async function addTerm(
  store: Store,
  options: { term: string; counterpart: string; person: string; now: Date },
): Promise<AddTermOutcome> {
  const [left, right] = [glossaryWording(options.term), glossaryWording(options.counterpart)];
  if (left.words === 0 || right.words === 0) return { kind: "refused", cause: "no-words" };
  if (Math.max(left.words, right.words) > MAX_PHRASE_WORDS)
    return { kind: "refused", cause: "too-many-words" };
  const sides = { term: left.text, counterpart: right.text };
  if (left.text.toLowerCase() === right.text.toLowerCase()) return { kind: "refused", cause: "the-same" };
  const { count } = await store
    .selectFrom("glossary_terms")
    .select(({ fn }) => fn.countAll<string>().as("count"))
    .where("state", "=", "used")
    .executeTakeFirstOrThrow();
  if (Number(count) >= MAX_TERMS) return { kind: "refused", cause: "full" };
  const decided = { state: "used" as const, person: options.person, decided_at: options.now };
  const written = await store
    .insertInto("glossary_terms")
    .values({ id: glossaryId(left.text, right.text), ...sides, ...decided, source: null, path: null })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet(decided).where("glossary_terms.state", "!=", "used"),
    )
    .returning("id")
    .executeTakeFirst();
  return { kind: written === undefined ? "known" : "added", ...sides };
}

/** A suggestion is accepted or dismissed, a used term is dismissed. Undefined: it is not there, or was decided so before. */
export async function decideTerm(
  store: Store,
  options: { id: string; state: "used" | "dismissed"; person: string; now: Date },
): Promise<GlossaryTerm | undefined> {
  const { id, state, person, now } = options;
  return store
    .updateTable("glossary_terms")
    .set({ state, person, decided_at: now })
    .where("id", "=", id)
    .where("state", "!=", state)
    .returning(["id", "term", "counterpart", "person", "path"])
    .executeTakeFirst();
}

/** The used terms with this side, or of exactly this pair. */
export async function findTerms(store: Store, text: string): Promise<readonly GlossaryTerm[]> {
  const [side = "", other] = text.split("=").map((part) => glossaryWording(part).text.toLowerCase());
  const used = await listTerms(store, MAX_TERMS);
  return used.filter((one) => {
    const sides = [one.term.toLowerCase(), one.counterpart.toLowerCase()];
    return sides.includes(side) && (other === undefined || sides.includes(other));
  });
}

/** By their spelling. */
export async function listTerms(store: Store, limit: number): Promise<readonly GlossaryTerm[]> {
  return store
    .selectFrom("glossary_terms")
    .select(["id", "term", "counterpart", "person", "path"])
    .where("state", "=", "used")
    .orderBy("term")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Oldest first; of pages that are there and that whoever has these audiences may read now. */
export async function listSuggestions(
  store: Store,
  audiences: readonly string[],
  limit: number,
): Promise<readonly GlossaryTerm[]> {
  if (audiences.length === 0) return [];
  return store
    .selectFrom("glossary_terms")
    .innerJoin("documents", (join) =>
      join
        .onRef("documents.source", "=", "glossary_terms.source")
        .onRef("documents.path", "=", "glossary_terms.path"),
    )
    .select([
      "glossary_terms.id",
      "glossary_terms.term",
      "glossary_terms.counterpart",
      "glossary_terms.person",
      "glossary_terms.path",
    ])
    .where("glossary_terms.state", "=", "suggested")
    .where("documents.audience", "in", [...audiences])
    .orderBy("glossary_terms.created_at")
    .orderBy("glossary_terms.id")
    .limit(limit)
    .execute();
}

/**
 * The words of this product and the workspace's own, for the questions of this process. Read anew when a question comes and
 * what is known is older than two seconds. While the database is away the last known words are used.
 */
export function createGlossary(store: Store, logger: Logger, nowMs: () => number) {
  let book: TermBook = createTermBook();
  let readAtMs = -Infinity;
  let read: string | undefined;
  let reading: Promise<TermBook> | undefined;

  async function readAnew(): Promise<TermBook> {
    try {
      const terms = await listTerms(store, MAX_TERMS);
      const found = JSON.stringify(terms.map(({ id }) => id));
      // Most of the time nothing has changed, and a book of many words takes a moment to make.
      if (found !== read)
        book = createTermBook(
          terms.map(({ term, counterpart }) => ({ korean: [term], english: [counterpart] })),
        );
      read = found;
    } catch (error) {
      logger.warn({ err: error }, "the glossary cannot be read: the last known one is used");
    }
    readAtMs = nowMs();
    return book;
  }
  return async (): Promise<TermBook> => {
    if (nowMs() - readAtMs < KNOWN_FOR_MS) return book;
    reading ??= readAnew().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}
