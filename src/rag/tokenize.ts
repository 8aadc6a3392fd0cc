import { ENGLISH_STOP_WORDS, stemEnglish } from "./english-words.ts";
import { isParticle } from "./korean-words.ts";

/** Raised whenever tokens change, because documents and questions must be tokenised alike. */
export const TOKENIZER_VERSION = 2;

/** What joins the parts of an identifier: letters, so that no server's tokeniser can split there. */
const JOINT = "zq";
const MAX_TOKEN_LENGTH = 64;
const MAX_IDENTIFIER_PARTS = 6;

const HANGUL = "가-힣";
const IDEOGRAPH = "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}";
const LETTER = `[[\\p{L}\\p{Nd}]--[\\p{sc=Hangul}${IDEOGRAPH}]]`;
const RUN = new RegExp(
  `(?<hangul>[${HANGUL}]+)|(?<ideographs>[[${IDEOGRAPH}]&&[\\p{L}\\p{Nd}]]+)|(?<word>${LETTER}+(?:[._\\-\\/:@]+${LETTER}+)*(?:\\+\\+|#(?!\\w))?)`,
  "gv",
);
const NOT_LETTERS = /[^\p{L}\p{Nd}]+/gu;
const VERSION = /^v?\d+(?:\.\d+)+$/i;
const ASCII_WORD = /^[a-z]+$/;

export interface Word {
  /** As written, in NFKC. */
  text: string;
  script: "hangul" | "ideographs" | "word";
  tokens: readonly string[];
}

/**
 * The one tokeniser of documents and questions. Tokens consist of letters and digits only, lower-case:
 * - Korean, Chinese and Japanese: pairs of neighbouring syllables, which makes particles and endings harmless;
 *   a one-syllable noun also by itself, with or without its particle ("큐", "큐를").
 * - Identifiers ("retryStrategy", "nvidia.com/gpu", "--dry-run", "3.6"): whole, and their parts.
 * - English: without stop words, lightly stemmed.
 */
export function tokenize(text: string): string[] {
  return tokenizeWords(text).flatMap((word) => word.tokens);
}

/** The same tokens, by the word they come from; words without tokens are included. */
export function tokenizeWords(text: string): Word[] {
  const words: Word[] = [];
  let endOfLatin = -1;
  for (const match of text.normalize("NFKC").matchAll(RUN)) {
    const { hangul, ideographs, word } = match.groups ?? {};
    if (hangul !== undefined) {
      const isAttached = match.index === endOfLatin;
      words.push({
        text: hangul,
        script: "hangul",
        tokens: isAttached && isParticle(hangul) ? [] : hangulTokens(hangul),
      });
    } else if (ideographs !== undefined) {
      words.push({ text: ideographs, script: "ideographs", tokens: pairs(ideographs) });
    } else if (word !== undefined) {
      words.push({ text: word, script: "word", tokens: wordTokens(word) });
      endOfLatin = match.index + word.length;
    }
  }
  return words;
}

function hangulTokens(word: string): string[] {
  const tokens = pairs(word);
  if (word.length > 1 && isParticle(word.slice(1))) tokens.push(word.slice(0, 1));
  return tokens;
}

function pairs(text: string): string[] {
  const characters = Array.from(text);
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, index) => `${characters[index] ?? ""}${character}`);
}

function wordTokens(word: string): string[] {
  if (VERSION.test(word)) return versionTokens(word);
  const spelled = word.replace(/^c\+\+$/i, "cpp").replace(/^([cf])#$/i, "$1sharp");
  const parts = spelled.split(/[._\-/:@+#]+/).filter((part) => part !== "");
  const first = parts[0];
  if (first === undefined) return [];
  if (parts.length === 1) return partTokens(first);
  const tokens = parts.flatMap((part) => (/^\d{1,2}$/.test(part) ? [] : partTokens(part)));
  if (parts.length <= MAX_IDENTIFIER_PARTS) tokens.unshift(clean(parts.map(lower).join(JOINT)));
  return tokens.filter((token) => token !== "");
}

/** "v3.6.1" -> 3.6.1 and 3.6, so that a question about 3.6 finds what is said of its patches. */
function versionTokens(word: string): string[] {
  const numbers = word.replace(/^v/i, "").split(".");
  const tokens: string[] = [];
  for (let length = numbers.length; length >= 2; length -= 1)
    tokens.push(clean(numbers.slice(0, length).join(JOINT)));
  return tokens;
}

function partTokens(part: string): string[] {
  const whole = lower(part);
  const humps = part
    .replace(/([\p{Ll}\p{Nd}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .split(" ");
  const tokens = [plain(whole)];
  if (humps.length > 1) tokens.push(...humps.map((hump) => plain(lower(hump))));
  return tokens.filter((token) => token !== "");
}

function plain(word: string): string {
  if (ENGLISH_STOP_WORDS.has(word)) return "";
  return clean(ASCII_WORD.test(word) ? stemEnglish(word) : word);
}

function lower(text: string): string {
  return text.toLowerCase().replace(NOT_LETTERS, "");
}

function clean(token: string): string {
  return Array.from(token).slice(0, MAX_TOKEN_LENGTH).join("");
}
