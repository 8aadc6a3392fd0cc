import { plainText } from "./plain-text.ts";

export interface Sentence {
  text: string;
  kind: "prose" | "item" | "row" | "code";
}

const SEGMENTER = new Intl.Segmenter("en", { granularity: "sentence" });

/** A chunk's sentences as a reader sees them; list items and table rows count as sentences, a code block as one. */
export function splitSentences(markdown: string): Sentence[] {
  const sentences: Sentence[] = [];
  let paragraph = "";
  let isItem = false;
  const finish = (): void => {
    const text = plainText(paragraph).replace(/\s+/g, " ").trim();
    for (const { segment } of SEGMENTER.segment(text)) {
      const last = sentences.at(-1);
      // "e.g." and numbers such as "v1.2" are cut by the segmenter only before a space and a capital letter.
      if (last !== undefined && /\b(?:e\.g|i\.e|etc|vs|cf|Fig|No)\.$/.test(last.text))
        last.text += ` ${segment.trim()}`;
      else if (segment.trim() !== "")
        sentences.push({ text: segment.trim(), kind: isItem ? "item" : "prose" });
    }
    paragraph = "";
    isItem = false;
  };
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const fence = /^\s*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})/.exec(line);
    if (fence !== null) {
      finish();
      const mark = fence[1] ?? "```";
      const code: string[] = [];
      for (index += 1; index < lines.length && !(lines[index] ?? "").trim().startsWith(mark); index += 1)
        code.push(lines[index] ?? "");
      sentences.push({ text: dedent(code), kind: "code" });
    } else if (/^\s*\|.*\|\s*$/.test(line)) {
      finish();
      const cells = plainText(line)
        .split("|")
        .map((cell) => cell.trim());
      const row = cells.filter((cell) => cell !== "" && !/^:?-+:?$/.test(cell)).join(" · ");
      if (row !== "") sentences.push({ text: row, kind: "row" });
    } else {
      const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line);
      if (line.trim() === "" || item !== null) finish();
      if (item !== null) isItem = true;
      paragraph += `${item?.[1] ?? line}\n`;
    }
  }
  finish();
  return sentences;
}

function dedent(lines: readonly string[]): string {
  const indents = lines
    .filter((line) => line.trim() !== "")
    .map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  const indent = Math.min(...indents, 99);
  return lines
    .map((line) => line.slice(indent))
    .join("\n")
    .trimEnd();
}
