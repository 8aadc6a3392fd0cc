import { FIELD_TERMS, type FieldTerm } from "./field-terms.ts";
import { koreanStem } from "./korean-words.ts";
import { tokenize, tokenizeWords, type Word } from "./tokenize.ts";

/** A way to say something: as it is written, and its tokens. */
export interface Wording {
  text: string;
  tokens: readonly string[];
}

/** What else a phrase may be called. */
export interface Entry {
  /** In the language of the phrase. */
  own: readonly Wording[];
  /** In the other language. */
  other: readonly Wording[];
}

/** Phrases of at most this many words are looked up. */
export const MAX_PHRASE_WORDS = 3;

/** Looks up what a phrase of a question is called elsewhere. */
export interface TermBook {
  find(words: readonly Word[]): Entry | undefined;
}

/** The words that a phrase is looked up by: those that say something. */
export function phraseWords(text: string): readonly Word[] {
  return tokenizeWords(text).filter((word) => word.tokens.length > 0);
}

/** The words of this product, and those of the workspace if there are any. */
export function createTermBook(own: readonly FieldTerm[] = []): TermBook {
  return own.length === 0 ? PRODUCT : both(PRODUCT, bookOf(own));
}

function bookOf(terms: readonly FieldTerm[]): TermBook {
  const korean = new Map<string, Entry>();
  const other = new Map<string, Entry>();
  for (const term of terms) {
    const koreanWordings = term.korean.map(wording);
    const englishWordings = term.english.map(wording);
    for (const text of term.korean) addEntry(korean, other, text, koreanWordings, englishWordings);
    for (const text of term.english) addEntry(korean, other, text, englishWordings, koreanWordings);
  }
  return {
    find: (words) =>
      words.every((word) => word.script === "hangul")
        ? koreanEntry(korean, words.map((word) => word.text).join(""), words.length)
        : (other.get(keyOf(words)) ?? other.get(keyOf(words, koreanStem))),
  };
}

function wording(text: string): Wording {
  return { text, tokens: tokenize(text) };
}

/** A word may belong to several ideas ("schedule"): all their counterparts are looked for. */
function addEntry(
  korean: Map<string, Entry>,
  elsewhere: Map<string, Entry>,
  text: string,
  own: readonly Wording[],
  other: readonly Wording[],
): void {
  const words = phraseWords(text);
  const isKorean = words.every((word) => word.script === "hangul");
  const map = isKorean ? korean : elsewhere;
  const key = isKorean ? text.replaceAll(" ", "") : keyOf(words);
  const known = map.get(key);
  map.set(key, {
    own: known?.own ?? own,
    other: [...(known?.other ?? []), ...other.filter(({ tokens }) => tokens.length > 0)],
  });
}

function keyOf(words: readonly Word[], stem: (text: string) => string = (text) => text): string {
  return words.map((word) => (word.script === "word" ? word.tokens[0] : stem(word.text))).join(" ");
}

/** A Korean phrase may carry an ending and be written with or without spaces. */
function koreanEntry(terms: ReadonlyMap<string, Entry>, text: string, words: number): Entry | undefined {
  const stem = koreanStem(text);
  const exact = terms.get(text) ?? terms.get(stem);
  if (exact !== undefined || words > 1) return exact;
  // "재시도설정", "돌려요": a known term of two syllables or more with something behind it.
  for (let length = text.length - 1; length >= 2; length -= 1) {
    const entry = terms.get(text.slice(0, length));
    if (entry !== undefined) return entry;
  }
  // "큐를": one syllable, and nothing but a particle behind it.
  return text.length > 1 && tokenize(text).includes(text.slice(0, 1))
    ? terms.get(text.slice(0, 1))
    : undefined;
}

/** What the workspace says is meant: it counts as if the question had said it, in whichever language. */
function both(product: TermBook, workspace: TermBook): TermBook {
  return {
    find(words) {
      const said = workspace.find(words);
      const known = product.find(words);
      if (said === undefined) return known;
      return { own: [...(known?.own ?? []), ...said.own, ...said.other], other: known?.other ?? [] };
    },
  };
}

const PRODUCT = bookOf(FIELD_TERMS);
