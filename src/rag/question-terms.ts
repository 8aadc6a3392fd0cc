import { FIELD_TERMS } from "./field-terms.ts";
import { isKoreanStopWord, koreanStem } from "./korean-words.ts";
import { tokenize, tokenizeWords, type Word } from "./tokenize.ts";

/** One idea of a question, and the ways a page may name it. */
export interface QuestionTerm {
  /** As asked. */
  text: string;
  /** The tokens of each way to say it, as asked first. */
  alternatives: readonly (readonly string[])[];
  /** Of these, how many are in the language of the question; the rest are the other language's words. */
  inOwnLanguage: number;
  /** 1; less for words of earlier messages. */
  weight: number;
}

const MAX_TERMS = 40;

/**
 * What a question asks for: its words without question words, particles and endings, each with its counterparts in the
 * other language. Empty for a question that consists of such words only.
 */
export function questionTerms(text: string): QuestionTerm[] {
  const words = tokenizeWords(text.slice(0, 4_000)).filter((word) => word.tokens.length > 0);
  const terms: QuestionTerm[] = [];
  for (let index = 0; index < words.length && terms.length < MAX_TERMS;) {
    const taken = termAt(words, index);
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

function termAt(words: readonly Word[], index: number): { term?: QuestionTerm; words: number } {
  const word = words[index];
  if (word === undefined) return { words: 1 };
  const phrase = longestPhrase(words, index);
  if (phrase !== undefined) {
    const asked = words.slice(index, index + phrase.words);
    const own = [ownTokens(asked), ...phrase.own].filter((tokens) => tokens.length > 0);
    return {
      words: phrase.words,
      term: {
        text: asked.map((one) => one.text).join(" "),
        weight: 1,
        alternatives: [...own, ...phrase.other],
        inOwnLanguage: own.length,
      },
    };
  }
  if (word.script === "hangul" && isKoreanStopWord(word.text)) return { words: 1 };
  const tokens = ownTokens([word]);
  if (tokens.length === 0) return { words: 1 };
  return { words: 1, term: { text: word.text, weight: 1, alternatives: [tokens], inOwnLanguage: 1 } };
}

function ownTokens(words: readonly Word[]): string[] {
  return words.flatMap((word) => (word.script === "hangul" ? tokenize(koreanStem(word.text)) : word.tokens));
}

interface Entry {
  own: readonly (readonly string[])[];
  other: readonly (readonly string[])[];
}

const KOREAN = new Map<string, Entry>();
const ENGLISH = new Map<string, Entry>();
for (const { korean, english } of FIELD_TERMS) {
  const koreanTokens = korean.map((term) => tokenize(term));
  const englishTokens = english.map((term) => tokenize(term));
  for (const term of korean) addEntry(KOREAN, term.replaceAll(" ", ""), koreanTokens, englishTokens);
  for (const term of english) addEntry(ENGLISH, tokenize(term).join(" "), englishTokens, koreanTokens);
}

/** A word may belong to several ideas ("schedule"): all their counterparts are looked for. */
function addEntry(map: Map<string, Entry>, key: string, own: Entry["own"], other: Entry["other"]): void {
  const known = map.get(key);
  map.set(key, {
    own: known?.own ?? own,
    other: [...(known?.other ?? []), ...other.filter((tokens) => tokens.length > 0)],
  });
}

/** The known term of most words that begins here; a Korean one may carry an ending and be written with or without spaces. */
function longestPhrase(words: readonly Word[], index: number): (Entry & { words: number }) | undefined {
  for (let count = Math.min(3, words.length - index); count >= 1; count -= 1) {
    const some = words.slice(index, index + count);
    const isKorean = some.every((word) => word.script === "hangul");
    const entry = isKorean
      ? koreanEntry(some.map((word) => word.text).join(""), count)
      : ENGLISH.get(some.map((word) => (word.script === "word" ? (word.tokens[0] ?? "") : " ")).join(" "));
    if (entry !== undefined) return { words: count, ...entry };
  }
  return undefined;
}

function koreanEntry(text: string, words: number): Entry | undefined {
  const stem = koreanStem(text);
  const exact = KOREAN.get(text) ?? KOREAN.get(stem);
  if (exact !== undefined || words > 1) return exact;
  // "재시도설정", "돌려요": a known term of two syllables or more with something behind it.
  for (let length = text.length - 1; length >= 2; length -= 1) {
    const entry = KOREAN.get(text.slice(0, length));
    if (entry !== undefined) return entry;
  }
  // "큐를": one syllable, and nothing but a particle behind it.
  return text.length > 1 && tokenize(text).includes(text.slice(0, 1))
    ? KOREAN.get(text.slice(0, 1))
    : undefined;
}
