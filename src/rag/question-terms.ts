import { isKoreanStopWord, koreanStem } from "./korean-words.ts";
import { createTermBook, MAX_PHRASE_WORDS, phraseWords, type Entry, type TermBook } from "./term-book.ts";
import { tokenize, type Word } from "./tokenize.ts";

/** One idea of a question, and the ways a page may name it. */
export interface QuestionTerm {
  /** As asked. */
  text: string;
  /** The tokens of each way to say it, as asked first. */
  alternatives: readonly (readonly string[])[];
  /** How each of them is written. */
  names: readonly string[];
  /** Of these, how many are in the language of the question; the rest are the other language's words. */
  inOwnLanguage: number;
  /** 1; less for words of earlier messages. */
  weight: number;
}

const MAX_TERMS = 40;
const PRODUCT_TERMS = createTermBook();

/**
 * What a question asks for: its words without question words, particles and endings, each with its counterparts in the
 * other language. Empty for a question that consists of such words only.
 */
export function questionTerms(text: string, book: TermBook = PRODUCT_TERMS): QuestionTerm[] {
  const words = phraseWords(text.slice(0, 4_000));
  const terms: QuestionTerm[] = [];
  for (let index = 0; index < words.length && terms.length < MAX_TERMS;) {
    const taken = termAt(words, index, book);
    if (taken.term !== undefined) terms.push(taken.term);
    index += taken.words;
  }
  const seen = new Set<string>();
  return terms.filter(({ alternatives }) => {
    const key = alternatives[0]?.join(" ") ?? "";
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function termAt(
  words: readonly Word[],
  index: number,
  book: TermBook,
): { term?: QuestionTerm; words: number } {
  const word = words[index];
  if (word === undefined) return { words: 1 };
  const phrase = longestPhrase(words, index, book);
  if (phrase !== undefined) {
    const asked = words.slice(index, index + phrase.words);
    const text = asked.map((one) => one.text).join(" ");
    const own = [{ text, tokens: ownTokens(asked) }, ...phrase.own].filter(({ tokens }) => tokens.length > 0);
    const ways = [...own, ...phrase.other];
    return {
      words: phrase.words,
      term: {
        text,
        weight: 1,
        alternatives: ways.map(({ tokens }) => tokens),
        names: ways.map((way) => way.text),
        inOwnLanguage: own.length,
      },
    };
  }
  if (word.script === "hangul" && isKoreanStopWord(word.text)) return { words: 1 };
  const tokens = ownTokens([word]);
  if (tokens.length === 0) return { words: 1 };
  const { text } = word;
  return { words: 1, term: { text, weight: 1, alternatives: [tokens], names: [text], inOwnLanguage: 1 } };
}

function ownTokens(words: readonly Word[]): string[] {
  return words.flatMap((word) => (word.script === "hangul" ? tokenize(koreanStem(word.text)) : word.tokens));
}

/** The known term of most words that begins here. */
function longestPhrase(
  words: readonly Word[],
  index: number,
  book: TermBook,
): (Entry & { words: number }) | undefined {
  for (let count = Math.min(MAX_PHRASE_WORDS, words.length - index); count >= 1; count -= 1) {
    const entry = book.find(words.slice(index, index + count));
    if (entry !== undefined) return { words: count, ...entry };
  }
  return undefined;
}
