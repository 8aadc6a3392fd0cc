import type { Locale } from "../store/database.ts";
import { safeProse } from "./safe-text.ts";
import { splitSentences } from "./split-sentences.ts";
import type { ThreadMessage } from "./summarise-thread.ts";

/** What a sentence does in a conversation, the most telling first. */
export type QuoteKind = "decided" | "to-do" | "asked" | "said";

export interface ThreadQuote {
  kind: QuoteKind;
  /** Position in the messages. */
  message: number;
  /** Without marks, safe to show. */
  text: string;
}

const MAX_QUOTES = 8;
const MAX_CHARACTERS = 300;
const MIN_CHARACTERS = 6;

const DECIDED =
  /\b(?:decided|agreed|approved|settled|conclusion|we(?:'ll| will| are going to| go with)|let(?:'|’)?s (?:go|use|do|keep|take)|final(?:ly)? decision|fixed (?:it|by))\b|결정|합의|확정|하기로|결론|승인|(?:으로|로) (?:가|갑|가기|진행)|해결(?:했|됐|되)/i;
const TO_DO =
  /\b(?:to-?do|action item|please|can you|could you|i(?:'ll| will)|by (?:mon|tue|wed|thu|fri|sat|sun|tomorrow|tonight|eod|next)\w*|deadline|needs? to)\b|부탁|해 ?주세요|해 ?줘|할게요|하겠습니다|까지 |담당|마감|해야/i;
const ASKED = /[?？]\s*$|(?:나요|까요|가요|을까|할까|인가|어때요?)[.!~]*$/;

/**
 * The sentences of a thread that say most of how it went: what was decided, who does what, what is asked, and how it began and
 * ended. In the order of the messages, without any word that nobody wrote.
 */
export function threadQuotes(messages: readonly ThreadMessage[], locale: Locale): ThreadQuote[] {
  const last = messages.length - 1;
  const candidates = messages.flatMap(({ text }, message) => {
    const sentences = splitSentences(text).filter(
      (sentence) => sentence.kind !== "code" && sentence.text.length >= MIN_CHARACTERS,
    );
    return sentences.map((sentence, position) => {
      const kind = kindOf(sentence.text);
      const isEdge = position === 0 && (message === 0 || message === last);
      return { kind, message, position, text: sentence.text, score: WEIGHTS[kind] + (isEdge ? 2.5 : 0) };
    });
  });
  const seen = new Set<string>();
  return candidates
    .toSorted(
      (left, right) =>
        right.score - left.score ||
        // Of two alike the later one: it is where the thread stands.
        right.message - left.message ||
        left.position - right.position,
    )
    .filter(({ text }) => {
      const key = text.toLowerCase();
      return seen.has(key) ? false : seen.add(key);
    })
    .slice(0, MAX_QUOTES)
    .toSorted((left, right) => left.message - right.message || left.position - right.position)
    .map(({ kind, message, text }) => ({ kind, message, text: quoteOf(text, locale) }));
}

const WEIGHTS: Readonly<Record<QuoteKind, number>> = { decided: 4, "to-do": 3, asked: 2, said: 0 };

function kindOf(sentence: string): QuoteKind {
  if (ASKED.test(sentence)) return "asked";
  if (DECIDED.test(sentence)) return "decided";
  return TO_DO.test(sentence) ? "to-do" : "said";
}

/** A number in brackets would look like one of ours. */
function quoteOf(text: string, locale: Locale): string {
  const whole = safeProse(text.replace(/\s?[[【]\^?\d+[^\]】\n]{0,20}[\]】]/g, ""), locale).trim();
  if (whole.length <= MAX_CHARACTERS) return whole;
  return `${whole.slice(0, MAX_CHARACTERS).replace(/[\uD800-\uDBFF]$|\s+\S*$/, "")} …`;
}
