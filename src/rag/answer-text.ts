import type { Locale } from "../store/database.ts";
import { safeCode, safeProse } from "./safe-text.ts";

export type AnswerPiece =
  | { kind: "text"; text: string }
  | { kind: "citation"; passage: number; number: number };

/** An opening bracket is waited for so long; then it is text. */
const MAX_HELD_CHARACTERS = 400;
const CITATION = /[ \t]?[[【]\^?\s*(\d{1,3}(?:\s*[,;]\s*\^?\d{1,3})*)\s*[\]】]/g;

/**
 * Turns what a model writes into what people may see, piece by piece as it streams in: safe text, and citations of the
 * passages it was given, numbered in the order of their first use. Citations of anything else vanish.
 * Text is passed on up to the last space that lies in no link, tag or code that is still being written.
 */
export function createAnswerText(options: { passages: number; locale: Locale }): {
  push(text: string): AnswerPiece[];
  /** What was held back. */
  end(): AnswerPiece[];
} {
  const numbers = new Map<number, number>();
  let held = "";
  let isInFence = false;
  let isLineStart = true;

  const release = (text: string): AnswerPiece[] => {
    const pieces: AnswerPiece[] = [];
    for (const line of text.split(/(?<=\n)/)) {
      const isFence = isLineStart && /^\s*(?:```|~~~)/.test(line);
      if (isFence) isInFence = !isInFence;
      pieces.push(...(isFence || isInFence ? codePieces(line) : prosePieces(line)));
      isLineStart = line.endsWith("\n");
    }
    return merge(pieces);
  };
  const codePieces = (line: string): AnswerPiece[] => [
    { kind: "text", text: safeCode(line, options.locale) },
  ];
  const prosePieces = (line: string): AnswerPiece[] =>
    // Inline code is code; the parts between are prose.
    line.split(/(`[^`\n]*`)/).flatMap((part, index) => (index % 2 === 1 ? codePieces(part) : cited(part)));
  const cited = (prose: string): AnswerPiece[] => {
    const safe = safeProse(prose, options.locale);
    const pieces: AnswerPiece[] = [];
    let end = 0;
    for (const match of safe.matchAll(CITATION)) {
      pieces.push({ kind: "text", text: safe.slice(end, match.index) });
      end = match.index + match[0].length;
      for (const passage of (match[1] ?? "").split(/[,;\s^]+/).map(Number)) {
        if (!(passage >= 1 && passage <= options.passages)) continue;
        const number = numbers.get(passage) ?? numbers.size + 1;
        const isNew = !numbers.has(passage);
        numbers.set(passage, number);
        pieces.push({ kind: "text", text: ` [${number}]` });
        if (isNew) pieces.push({ kind: "citation", passage: passage - 1, number });
      }
    }
    pieces.push({ kind: "text", text: safe.slice(end) });
    return pieces;
  };

  return {
    push(text) {
      held += text;
      const cut = settledLength(held);
      const settled = held.slice(0, cut);
      held = held.slice(cut);
      return settled === "" ? [] : release(settled);
    },
    end() {
      const rest = held;
      held = "";
      return rest === "" ? [] : release(rest);
    },
  };
}

/** How much of the text cannot change its meaning by what follows: up to the last space outside of links, tags and code. */
function settledLength(text: string): number {
  const lineStart = text.lastIndexOf("\n") + 1;
  let settled = lineStart;
  for (let position = lineStart; position < text.length;) {
    const character = text.charAt(position);
    const pattern = SPANS[character];
    if (pattern === undefined) {
      if (character === " " || character === "\t") settled = position;
      position += 1;
      continue;
    }
    pattern.lastIndex = position;
    const end = position + (pattern.exec(text)?.[0].length ?? 0);
    // Still being written; after a while it is taken as it stands.
    if (end === text.length) return text.length - position > MAX_HELD_CHARACTERS ? text.length : settled;
    position = Math.max(end, position + 1);
  }
  return settled;
}

/** What belongs together, as far as it is written: a span that reaches the end of the text may still grow. */
const SPANS: Readonly<Record<string, RegExp>> = {
  "`": /`[^`\n]*`?/y,
  "<": /<(?:$|[a-z/!@#][^<>\n]*>?)/iy,
  "[": /(?:\[[^[\]\n]*(?:\][ \t]?)?)+(?:\((?:[^()\n]|\([^()\n]*\))*\)?)?/y,
};

function merge(pieces: readonly AnswerPiece[]): AnswerPiece[] {
  const merged: AnswerPiece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (piece.kind === "text" && piece.text === "") continue;
    if (piece.kind === "text" && last?.kind === "text") last.text += piece.text;
    else merged.push({ ...piece });
  }
  return merged;
}
