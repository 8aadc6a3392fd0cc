import { fenceFor } from "../../code-page.ts";
import { ConversionError, LIMITS } from "./conversion-limits.ts";

interface Table {
  rows: string[][];
  /** Tables inside a cell are told as text of that cell. */
  nested: number;
}

/** Puts Markdown together from what a page opens and closes, in any order that a page may do it. */
export function createMarkdownWriter() {
  const blocks: { text: string; isContent: boolean; isTitle: boolean }[] = [];
  const lists: { isOrdered: boolean; items: number }[] = [];
  let line = "";
  let prefix = "";
  let heading: { level: number; id: string | undefined } | undefined;
  let code: { language: string | undefined; text: string } | undefined;
  let table: Table | undefined;
  let isContent = false;
  let characters = 0;

  const add = (text: string, isTitle = false): void => {
    characters += text.length;
    if (characters > LIMITS.outputCharacters) throw new ConversionError("too-complex", "too much text");
    blocks.push({ text, isContent, isTitle });
  };
  const endBlock = (): void => {
    if (table !== undefined || code !== undefined || heading !== undefined) return;
    const text = tidy(line);
    line = "";
    // Text of a page that looks like our own signs.
    if (text !== "")
      add(`${prefix}${prefix === "" ? text.replace(/^([#>|]|`{3}|~{3}|---|===)/gm, "\\$1") : text}`);
    if (text !== "" && prefix !== "") prefix = " ".repeat(prefix.length);
  };

  return {
    setContent(value: boolean): void {
      if (value !== isContent) endBlock();
      isContent = value;
    },
    endBlock,
    text(text: string): void {
      if (code !== undefined) code.text += text;
      else line += text.replace(/\s+/g, " ");
    },
    lineBreak(): void {
      if (code !== undefined) code.text += "\n";
      else line += table === undefined && heading === undefined ? "\n" : " ";
    },
    openHeading(level: number, id: string | undefined): void {
      endBlock();
      prefix = "";
      if (table === undefined) heading = { level, id };
    },
    closeHeading(): void {
      if (heading === undefined) return;
      const { level, id } = heading;
      heading = undefined;
      const text = tidy(line).replace(/\n/g, " ");
      line = "";
      if (text === "") return;
      const anchor = id !== undefined && /^[^\s{}]{1,200}$/.test(id) ? ` {#${id}}` : "";
      add(`${"#".repeat(level)} ${text}${anchor}`, level === 1);
    },
    openCode(language: string | undefined): void {
      endBlock();
      if (table === undefined && heading === undefined) code = { language, text: "" };
    },
    /** `code` inside `pre` names the language, elsewhere it is a word of a sentence. */
    inlineCode(language: string | undefined): void {
      if (code === undefined) line += "`";
      else if (language !== undefined) code.language = language;
    },
    closeCode(): void {
      if (code === undefined) return;
      const { language, text } = code;
      code = undefined;
      const body = text.replace(/^\n/, "").trimEnd();
      if (body.trim() === "") return;
      const fence = fenceFor(body);
      add(`${fence}${language ?? ""}\n${body}\n${fence}`);
    },
    openList(isOrdered: boolean): void {
      endBlock();
      lists.push({ isOrdered, items: 0 });
    },
    openItem(): void {
      endBlock();
      const list = lists.at(-1);
      if (list !== undefined) list.items += 1;
      const indent = "  ".repeat(Math.min(6, Math.max(0, lists.length - 1)));
      prefix = `${indent}${list?.isOrdered === true ? `${list.items}. ` : "- "}`;
    },
    closeList(): void {
      endBlock();
      lists.pop();
      prefix = "";
    },
    openTable(): void {
      if (table !== undefined) {
        table.nested += 1;
        return;
      }
      endBlock();
      prefix = "";
      table = { rows: [], nested: 0 };
    },
    openRow(): void {
      if (table === undefined || table.nested > 0) return;
      closeCell(table);
      table.rows.push([]);
    },
    openCell(): void {
      if (table === undefined || table.nested > 0) return;
      closeCell(table);
      if (table.rows.length === 0) table.rows.push([]);
      table.rows.at(-1)?.push("");
    },
    closeTable(): void {
      if (table === undefined) return;
      if (table.nested > 0) {
        table.nested -= 1;
        return;
      }
      closeCell(table);
      const rows = table.rows.filter((row) => row.some((cell) => cell !== ""));
      table = undefined;
      const width = Math.max(0, ...rows.map((row) => row.length));
      const [head, ...body] = rows.map(
        (row) => `| ${[...row, ...Array<string>(width - row.length).fill("")].join(" | ")} |`,
      );
      if (head === undefined) return;
      // A single cell or column is layout, not a table.
      if (width === 1) add(rows.flat().join("\n\n"));
      else add([head, `|${" --- |".repeat(width)}`, ...body].join("\n"));
    },
    finish(): { markdown: string; hasTitle: boolean } {
      this.closeCode();
      this.closeHeading();
      if (table !== undefined) {
        table.nested = 0;
        this.closeTable();
      }
      endBlock();
      const content = blocks.some((block) => block.isContent)
        ? blocks.filter((block) => block.isContent)
        : blocks;
      return {
        markdown: join(content.map(({ text }) => text)),
        hasTitle: content.some(({ isTitle }) => isTitle),
      };
    },
  };

  function closeCell(open: Table): void {
    const row = open.rows.at(-1);
    const text = tidy(line).replace(/\n/g, " ").replaceAll("|", "\\|");
    line = "";
    if (row === undefined || row.length === 0) {
      // A caption, before the first cell.
      if (text !== "") add(text);
    } else row[row.length - 1] = `${row.at(-1) ?? ""}${text}`;
  }
}

/** Items of a list stand together, everything else apart. */
function join(blocks: readonly string[]): string {
  const isItem = (text: string | undefined): boolean => /^\s*(?:- |\d+\. )/.test(text ?? "");
  return blocks
    .map((text, index) =>
      index === 0 ? text : isItem(text) && isItem(blocks[index - 1]) ? `\n${text}` : `\n\n${text}`,
    )
    .join("");
}

function tidy(text: string): string {
  return text
    .replaceAll("\0", "")
    .replace(/[ \t]*\n[ \t]*/g, "\n")
    .replace(/[ \t]+/g, " ")
    .replace(/``/g, "")
    .trim();
}
