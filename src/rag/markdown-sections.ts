/** A part of a page under one heading; its blocks are paragraphs, lists, tables and code, in order. */
export interface Section {
  /** Undefined before the first heading. */
  heading?: { level: number; text: string; id?: string };
  blocks: Block[];
}

export interface Block {
  kind: "text" | "code" | "table";
  text: string;
}

const ATX = /^ {0,3}(#{1,6})(?=[ \t]|$)/;
/** No one writes a longer heading; the patterns below are not made for megabytes. */
const MAX_HEADING_CHARACTERS = 1_000;
const SETEXT = /^ {0,3}(=+|-+)[ \t]*$/;
const FENCE = /^(\s*(?:[-*+]\s+|\d+[.)]\s+|>\s?)*)(`{3,}|~{3,})(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Cuts Markdown at its headings (both notations); comments outside code are dropped, because no reader sees them. */
export function splitSections(markdown: string): Section[] {
  const lines = withoutComments(markdown.split("\n"));
  const sections: Section[] = [{ blocks: [] }];
  let block: Block | undefined;
  const current = (): Section => sections[sections.length - 1] as Section;
  const append = (kind: Block["kind"], line: string): void => {
    if (block?.kind === kind) block.text += `\n${line}`;
    else current().blocks.push((block = { kind, text: line }));
  };

  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const next = lines[index + 1] ?? "";
    const fence = FENCE.exec(line);
    if (fence !== null && !(fence[2]?.startsWith("`") && fence[3]?.includes("`"))) {
      const end = endOfFence(lines, index, fence[2] ?? "```");
      current().blocks.push({ kind: "code", text: lines.slice(index, end + 1).join("\n") });
      block = undefined;
      index = end;
      continue;
    }
    const atx = ATX.exec(line);
    const isSetext =
      line.trim() !== "" && SETEXT.test(next) && block?.kind !== "table" && isLoneLine(lines, index);
    if (atx !== null || isSetext) {
      const level = atx === null ? (next.trim().startsWith("=") ? 1 : 2) : (atx[1]?.length ?? 1);
      sections.push({
        heading: { level, ...headingText(atx === null ? line : line.slice(atx[0].length)) },
        blocks: [],
      });
      block = undefined;
      if (atx === null) index += 1;
    } else if (line.trim() === "") {
      block = undefined;
    } else if (line.includes("|") && (TABLE_RULE.test(next) || block?.kind === "table")) {
      append("table", line);
    } else {
      append("text", line);
    }
  }
  return sections;
}

/** A line over `---` is a heading only when it stands alone and is no list item or quote. */
function isLoneLine(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? "";
  return (
    (lines[index - 1] ?? "").trim() === "" && !/^\s*(?:[-*+>|]|\d+[.)])\s/.test(line) && !/^\s{4}/.test(line)
  );
}

/** `## Title {#own-id}` names its anchor. */
function headingText(raw: string): { text: string; id?: string } {
  const line = raw
    .trim()
    .slice(0, MAX_HEADING_CHARACTERS)
    .replace(/(?:^|[ \t])#+$/, "")
    .trim();
  const match = /^(.*?)\s*\{#([^\s{}]+)\s*\}$/.exec(line);
  if (match === null) return { text: line };
  return { text: (match[1] ?? "").trim(), id: match[2] ?? "" };
}

/** The line that closes a fence, or the last line of the page. */
function endOfFence(lines: readonly string[], start: number, fence: string): number {
  const mark = fence.charAt(0);
  const closing = new RegExp(`^[\\s>]*${mark}{${fence.length},}\\s*$`);
  for (let index = start + 1; index < lines.length; index += 1)
    if (closing.test(lines[index] ?? "")) return index;
  return lines.length - 1;
}

function withoutComments(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let fenceEnd = -1;
  let isComment = false;
  for (const [index, line] of lines.entries()) {
    const fence = isComment || index <= fenceEnd ? null : FENCE.exec(line);
    if (fence !== null && !fence[3]?.includes("`")) fenceEnd = endOfFence(lines, index, fence[2] ?? "```");
    if (index <= fenceEnd) {
      kept.push(line);
      continue;
    }
    let rest = line;
    let seen = "";
    for (;;) {
      const mark = rest.indexOf(isComment ? "-->" : "<!--");
      if (mark === -1) break;
      if (!isComment) seen += rest.slice(0, mark);
      rest = rest.slice(mark + (isComment ? 3 : 4));
      isComment = !isComment;
    }
    kept.push(isComment ? seen : seen + rest);
  }
  return kept;
}
