import type { Block } from "./markdown-sections.ts";

/** Packs blocks into texts of at most `limit` characters; a block is cut only when it alone is longer. */
export function packBlocks(blocks: readonly Block[], limit: number): string[] {
  const packed: string[] = [];
  let current = "";
  for (const piece of blocks.flatMap((block) => splitBlock(block, limit))) {
    if (current !== "" && current.length + piece.length + 2 > limit) {
      packed.push(current);
      current = "";
    }
    current = current === "" ? piece : `${current}\n\n${piece}`;
  }
  if (current !== "") packed.push(current);
  return packed;
}

function splitBlock(block: Block, limit: number): string[] {
  if (block.text.length <= limit) return [block.text];
  const lines = block.text.split("\n");
  if (block.kind === "code") {
    const first = lines[0] ?? "";
    const mark = /(`{3,}|~{3,})/.exec(first)?.[1] ?? "```";
    const isClosed = lines.length > 1 && (lines[lines.length - 1] ?? "").includes(mark);
    const body = lines.slice(1, isClosed ? -1 : undefined);
    // An opening line as long as this is no fence anyone wrote.
    const opening = first.length > limit / 4 ? mark : first;
    const pieces = packLines(body, limit - opening.length - mark.length - 2);
    return pieces.map((piece) => `${opening}\n${piece}\n${mark}`);
  }
  if (block.kind === "table" && (lines[0]?.length ?? 0) + (lines[1]?.length ?? 0) < limit / 2) {
    const head = lines.slice(0, 2).join("\n");
    return packLines(lines.slice(2), limit - head.length - 1).map((piece) => `${head}\n${piece}`);
  }
  return packLines(lines, limit);
}

function packLines(lines: readonly string[], limit: number): string[] {
  const packed: string[] = [];
  let current: string | undefined;
  for (const line of lines.flatMap((long) => splitLine(long, limit))) {
    if (current !== undefined && current.length + line.length + 1 > limit) {
      packed.push(current);
      current = undefined;
    }
    current = current === undefined ? line : `${current}\n${line}`;
  }
  if (current !== undefined) packed.push(current);
  return packed;
}

/** Cuts a long line after a sentence, else at a space, else between two characters. */
function splitLine(line: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > limit) {
    const window = rest.slice(0, limit);
    const sentence = Math.max(...[". ", "? ", "! ", "。", "; "].map((end) => window.lastIndexOf(end)));
    const space = window.lastIndexOf(" ");
    let cut = sentence > limit / 3 ? sentence + 1 : space > limit / 3 ? space : limit;
    const code = rest.charCodeAt(cut - 1);
    if (code >= 0xd800 && code <= 0xdbff) cut -= 1;
    pieces.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== "") pieces.push(rest);
  return pieces.filter((piece) => piece !== "");
}
