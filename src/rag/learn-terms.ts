import type { Store } from "../store/database.ts";
import type { ReadyDocument } from "./document-rows.ts";
import { splitFrontMatter } from "./front-matter.ts";
import { glossaryId, glossaryWording } from "./glossary.ts";
import { questionTerms } from "./question-terms.ts";
import { MAX_PHRASE_WORDS } from "./term-book.ts";
import { twinKey } from "./twin-key.ts";

/** Somebody has to look at each: no flood. */
const MAX_OPEN_SUGGESTIONS = 300;
const BOTH_NAMES = /^(?<first>[^()（）]+?)\s*[(（](?<second>[^()（）]+)[)）]$/u;
const HANGUL = /\p{sc=Hangul}/u;
const LATIN = /\p{sc=Latin}/u;

interface Pair {
  korean: string;
  english: string;
  path: string;
}

/**
 * Looks at the pages that a sync writes for what is called one way in Korean and another in English: "분산 학습 (Distributed
 * training)", `title_ko` and `title_en` in front matter, and the titles of the same page in both languages. Only pages that
 * everybody may read: a suggestion shows their titles.
 */
export function createTermLearner(source: string) {
  const pairs: Pair[] = [];
  const titles = new Map<string, { title: string; path: string }[]>();
  const pair = (one: unknown, another: unknown, path: string): void => {
    const found = asPair(one, another, path);
    if (found !== undefined) pairs.push(found);
  };
  return {
    see(batch: readonly ReadyDocument[]): void {
      for (const { document, page } of batch) {
        if (page.chunks.some(({ audience }) => audience !== "public")) continue;
        const { path } = document;
        for (const heading of new Set([page.title, ...page.chunks.flatMap(({ headings }) => headings)])) {
          const { first, second } = BOTH_NAMES.exec(heading)?.groups ?? {};
          pair(first, second, path);
        }
        const { fields } =
          document.format === "markdown" ? splitFrontMatter(document.content) : { fields: {} };
        const inKorean = fieldOf(fields, "title_ko");
        const inEnglish = fieldOf(fields, "title_en");
        pair(inKorean ?? page.title, inEnglish ?? page.title, path);
        const key = twinKey({ source, path });
        titles.set(key, [...(titles.get(key) ?? []), { title: page.title, path }]);
      }
    },
    /** Keeps what is new as suggestions. What somebody has dismissed does not come again. */
    async keep(store: Store): Promise<void> {
      for (const [first, second] of titles.values())
        if (first !== undefined && second !== undefined) pair(first.title, second.title, first.path);
      const suggestions = new Map(pairs.map((one) => [glossaryId(one.korean, one.english), one]));
      if (suggestions.size === 0) return;
      const { open } = await store
        .selectFrom("glossary_terms")
        .select(({ fn }) => fn.countAll<string>().as("open"))
        .where("state", "=", "suggested")
        .executeTakeFirstOrThrow();
      const rows = [...suggestions]
        .slice(0, Math.max(0, MAX_OPEN_SUGGESTIONS - Number(open)))
        .map(([id, { korean, english, path }]) => ({
          id,
          term: korean,
          counterpart: english,
          state: "suggested" as const,
          person: null,
          source,
          path,
        }));
      if (rows.length > 0)
        await store
          .insertInto("glossary_terms")
          .values(rows)
          .onConflict((conflict) => conflict.column("id").doNothing())
          .execute();
    },
  };
}

function fieldOf(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return fields[name] ?? fields[name.replace("_", "-")];
}

/** Two short names of which one is Korean and the other is not, and which no question has found together so far. */
function asPair(one: unknown, another: unknown, path: string): Pair | undefined {
  if (typeof one !== "string" || typeof another !== "string") return undefined;
  const [first, second] = [glossaryWording(one), glossaryWording(another)];
  const [korean, english] = HANGUL.test(first.text) ? [first, second] : [second, first];
  if (!HANGUL.test(korean.text) || HANGUL.test(english.text) || !LATIN.test(english.text)) return undefined;
  const isShort = [korean, english].every(({ words }) => words > 0 && words <= MAX_PHRASE_WORDS);
  if (!isShort || isKnown(korean.text, english.text)) return undefined;
  return { korean: korean.text, english: english.text, path };
}

/** Whether a question with the one is searched for with the other too. */
function isKnown(korean: string, english: string): boolean {
  const sought = new Set(questionTerms(korean).flatMap((term) => term.alternatives.flat()));
  return questionTerms(english).every(({ alternatives }) =>
    (alternatives[0] ?? []).every((token) => sought.has(token)),
  );
}
