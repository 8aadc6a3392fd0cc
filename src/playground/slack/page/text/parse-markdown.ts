import { parseMarkdownInline } from "./parse-markdown-inline.ts";
import type { TextNode } from "./text-node.ts";

export interface MarkdownItem {
  readonly checked: boolean | undefined;
  readonly blocks: readonly MarkdownBlock[];
}

export type MarkdownBlock =
  | { readonly kind: "paragraph"; readonly children: readonly TextNode[] }
  | { readonly kind: "heading"; readonly level: number; readonly children: readonly TextNode[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "quote"; readonly blocks: readonly MarkdownBlock[] }
  | { readonly kind: "list"; readonly start: number | undefined; readonly items: readonly MarkdownItem[] }
  | {
      readonly kind: "table";
      readonly aligns: readonly ("left" | "center" | "right")[];
      readonly rows: readonly (readonly (readonly TextNode[])[])[];
    }
  | { readonly kind: "rule" };

const fence = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const rule = /^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/;
const quote = /^ {0,3}>\s?(.*)$/;
const bullet = /^(\s*)(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/;
const delimiters = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Markdown as Slack's markdown blocks and streams take it. An open code fence runs to the end, as while it is streamed. */
export function parseMarkdown(source: string): MarkdownBlock[] {
  return parseLines(source.replaceAll("\r\n", "\n").split("\n"), 0);
}

/** Quotes and lists within each other, as deep as anybody reads; what is deeper stays text. */
const deepestLevel = 10;

function parseLines(lines: readonly string[], depth: number): MarkdownBlock[] {
  const blocks: MarkdownBlock[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    const text = paragraph.join("\n").trim();
    if (text !== "") blocks.push({ kind: "paragraph", children: parseMarkdownInline(text) });
    paragraph = [];
  };
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? "";
    const taken = takeBlock(lines, index, paragraph.length > 0, depth);
    if (taken) {
      flush();
      blocks.push(taken.block);
      index = taken.next;
      continue;
    }
    if (line.trim() === "") flush();
    else paragraph.push(line.trim());
    index += 1;
  }
  flush();
  return blocks;
}

interface Taken {
  readonly block: MarkdownBlock;
  readonly next: number;
}

function takeBlock(
  lines: readonly string[],
  index: number,
  inParagraph: boolean,
  depth: number,
): Taken | undefined {
  const line = lines[index] ?? "";
  const opened = fence.exec(line);
  if (opened) return takeCode(lines, index, opened[1] ?? "```", opened[2] ?? "");
  const titled = heading.exec(line);
  if (titled) {
    const children = parseMarkdownInline(titled[2] ?? "");
    return { block: { kind: "heading", level: titled[1]?.length ?? 1, children }, next: index + 1 };
  }
  if (rule.test(line)) return { block: { kind: "rule" }, next: index + 1 };
  if (depth < deepestLevel && quote.test(line)) {
    const end = endOf(lines, index, (item) => quote.test(item));
    const inner = lines.slice(index, end).map((item) => quote.exec(item)?.[1] ?? "");
    return { block: { kind: "quote", blocks: parseLines(inner, depth + 1) }, next: end };
  }
  const item = depth < deepestLevel ? bullet.exec(line) : null;
  // Within a paragraph "2. " is more likely a number at the start of a line than a list.
  if (item && !(inParagraph && item[3] !== undefined && item[3] !== "1"))
    return takeList(lines, index, depth);
  if (line.includes("|") && delimiters.test(lines[index + 1] ?? "") && (lines[index + 1] ?? "").includes("-"))
    return takeTable(lines, index);
  return undefined;
}

function takeCode(lines: readonly string[], index: number, mark: string, language: string): Taken {
  const closes = (line: string) => line.trim().startsWith(mark) && /^\s*[`~]+\s*$/.test(line);
  const end = endOf(lines, index + 1, (line) => !closes(line));
  return { block: { kind: "code", language, text: lines.slice(index + 1, end).join("\n") }, next: end + 1 };
}

function takeList(lines: readonly string[], index: number, level: number): Taken {
  const first = bullet.exec(lines[index] ?? "");
  const depth = first?.[1]?.length ?? 0;
  const isOrdered = first?.[3] !== undefined;
  const items: string[][] = [];
  let next = index;
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? "";
    const item = bullet.exec(line);
    const indent = line.length - line.trimStart().length;
    if (item && indent <= depth + 1) {
      if (indent < depth || (item[3] !== undefined) !== isOrdered) break;
      items.push([item[4] ?? ""]);
    } else if (line.trim() === "") {
      const following = lines[next + 1] ?? "";
      const continues = bullet.test(following) || /^\s{2,}\S/.test(following);
      if (!continues) break;
      items.at(-1)?.push("");
    } else if (indent > depth || !takeBlock(lines, next, true, level)) {
      items.at(-1)?.push(line.slice(Math.min(indent, depth + 2)));
    } else break;
  }
  const start = isOrdered ? Number(first?.[3]) : undefined;
  return { block: { kind: "list", start, items: items.map((item) => readItem(item, level + 1)) }, next };
}

function readItem(lines: readonly string[], depth: number): MarkdownItem {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(lines[0] ?? "");
  const first = task ? (task[2] ?? "") : (lines[0] ?? "");
  const blocks = parseLines([first, ...lines.slice(1)], depth);
  return { checked: task ? task[1] !== " " : undefined, blocks };
}

function takeTable(lines: readonly string[], index: number): Taken {
  const end = endOf(lines, index + 2, (line) => line.includes("|"));
  const aligns = cellsOf(lines[index + 1] ?? "").map((cell) =>
    /^:.*:$/.test(cell) ? "center" : cell.endsWith(":") ? "right" : "left",
  );
  const rows = [lines[index] ?? "", ...lines.slice(index + 2, end)].map((line) =>
    cellsOf(line).map((cell) => parseMarkdownInline(cell)),
  );
  return { block: { kind: "table", aligns, rows }, next: end };
}

function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function endOf(lines: readonly string[], from: number, belongs: (line: string) => boolean): number {
  let end = from;
  while (end < lines.length && belongs(lines[end] ?? "")) end += 1;
  return end;
}
