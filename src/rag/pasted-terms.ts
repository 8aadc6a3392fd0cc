import type { QuestionTerm } from "./question-terms.ts";
import type { TermStatistics } from "./term-statistics.ts";

/** "OOMKilled", "CrashLoopBackOff", "torch.OutOfMemoryError", "exceeded_quota": what names an error and is seldom said otherwise. */
const NAME = /\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}|\p{L}[._/:]\p{L}/u;
/** Shorter ones are units ("GiB"). */
const MIN_NAME_CHARACTERS = 5;
const MAX_NAMES = 12;
const MAX_WORDS = 6;
/** The other words of a paste only help to choose among the pages that have a name. */
const WORD_WEIGHT = 0.15;

/**
 * Of something pasted: a page that has one of its error names answers it, so they are one idea with several ways to say it. A name that no page
 * has is left out. Without a known name the words are all there is, and most of them have to be found.
 */
export function pastedTerms(terms: readonly QuestionTerm[], statistics: TermStatistics): QuestionTerm[] {
  // "BackOff" is a word of the field, whatever its capitals.
  const isName = ({ text, alternatives }: QuestionTerm): boolean =>
    text.length >= MIN_NAME_CHARACTERS && NAME.test(text) && alternatives.length === 1;
  const names = terms
    .filter((term) => isName(term) && statistics.has(term.alternatives[0]?.[0] ?? ""))
    .slice(0, MAX_NAMES);
  const [first] = names;
  if (first === undefined) return [...terms];
  const words = terms
    .filter((term) => !isName(term) && term.alternatives.flat().some((token) => statistics.has(token)))
    .slice(-MAX_WORDS);
  return [
    {
      text: names.map(({ text }) => text).join(" | "),
      weight: 1,
      // Its first token is the whole name.
      alternatives: names.map(({ alternatives }) => alternatives[0]?.slice(0, 1) ?? []),
      names: names.map(({ text }) => text),
      inOwnLanguage: names.length,
    },
    ...words.map((term) => ({ ...term, weight: WORD_WEIGHT })),
  ];
}
