import { coverageOf } from "./rank-chunks.ts";
import { questionTerms, type QuestionTerm } from "./question-terms.ts";
import type { TermBook } from "./term-book.ts";

/** The longer question may say this much more: one word of four. */
const MIN_COVERAGE = 0.75;
/** Names, versions and numbers: another one is another question. */
const EXACT = /\d|[\p{Ll}][\p{Lu}]|[._/:-]/u;
/** What is asked for, in both languages: "when" is not answered by what answers "why". */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ["how-many", /\bhow (?:many|much|long|often|large|big)\b|몇|얼마/i],
  ["how", /\bhow\b(?! (?:many|much|long|often|large|big))|어떻게|방법/i],
  ["why", /\bwhy\b|왜|이유/i],
  ["when", /\bwhen\b|언제/i],
  ["where", /\bwhere\b|어디/i],
  ["who", /\bwho(?:se)?\b|누가|누구/i],
];
const NEGATION = /\b(?:not|no|never|without|cannot)\b|n't\b|않|안\s|못|없/i;

/**
 * Whether two questions ask the same: one says all the other's words or their counterparts, and hardly more; the same names
 * and numbers; no other kind of question, and both or none deny something. Strict: a wrong answer is worse than none.
 */
export function createSimilarity(question: string, book: TermBook): (other: string) => number | undefined {
  const asked = readQuestion(question, book);
  return (other) => {
    const known = readQuestion(other, book);
    if (asked.terms.length === 0 || known.terms.length === 0) return undefined;
    if (asked.isNegative !== known.isNegative) return undefined;
    const isOtherKind =
      asked.kinds.length > 0 &&
      known.kinds.length > 0 &&
      !asked.kinds.some((kind) => known.kinds.includes(kind));
    if (isOtherKind) return undefined;
    const there = coverageBy(asked, known);
    const back = coverageBy(known, asked);
    // A word on each side that the other lacks is one in the place of the other: "retry" and "cancel".
    return Math.max(there, back) === 1 && Math.min(there, back) >= MIN_COVERAGE
      ? Math.min(there, back)
      : undefined;
  };
}

interface ReadQuestion {
  terms: readonly QuestionTerm[];
  tokens: ReadonlySet<string>;
  kinds: readonly string[];
  isNegative: boolean;
}

function readQuestion(text: string, book: TermBook): ReadQuestion {
  const terms = questionTerms(text, book);
  return {
    terms,
    tokens: new Set(terms.flatMap(({ alternatives }) => alternatives[0] ?? [])),
    kinds: KINDS.flatMap(([kind, words]) => (words.test(text) ? [kind] : [])),
    isNegative: NEGATION.test(text),
  };
}

/** The share of the one's words that the other says; 0 where a name or a number is missing. */
function coverageBy({ terms }: ReadQuestion, { tokens }: ReadQuestion): number {
  const covered = terms.map((term) => (coverageOf(term, tokens) >= 0.99 ? 1 : 0));
  const lacksName = terms.some(({ text }, index) => EXACT.test(text) && covered[index] === 0);
  if (lacksName) return 0;
  return covered.reduce<number>((sum, one) => sum + one, 0) / terms.length;
}
