import { fenceFor } from "../../code-page.ts";
import type { BlockValue, NotionPage, Property, RichText } from "./notion-objects.ts";

export interface NotionBlock {
  id: string;
  type: string;
  value: BlockValue;
  children: readonly NotionBlock[];
}

/** Undefined: there is nothing to read on it but its title. */
export function notionToMarkdown(
  { properties, parent }: Pick<NotionPage, "properties" | "parent">,
  blocks: readonly NotionBlock[],
): string | undefined {
  const title = titleOf(properties);
  // A page that is no row has its title only.
  const isRow = parent.type === "data_source_id" || parent.type === "database_id";
  const rows = isRow ? Object.entries(properties).flatMap(([name, value]) => propertyLine(name, value)) : [];
  const body = [rows.join("\n"), blocksText(blocks)].filter((text) => text !== "").join("\n\n");
  return body === "" ? undefined : `# ${oneLine(title)}\n\n${body}\n`;
}

export function titleOf(properties: NotionPage["properties"]): string {
  const title = Object.values(properties).find(({ type }) => type === "title");
  return textOf(title?.title) || "Untitled";
}

function propertyLine(name: string, property: Property): string[] {
  const value = oneLine(propertyText(property));
  return value === "" ? [] : [`- ${oneLine(name)}: ${value}`];
}

function propertyText(property: Property): string {
  const { formula, rollup, unique_id: id } = property;
  const dateText = (date: Property["date"]): string =>
    date === null || date === undefined ? "" : [date.start, date.end ?? ""].filter(Boolean).join(" – ");
  switch (property.type) {
    case "rich_text":
      return textOf(property.rich_text);
    case "number":
      return `${property.number ?? ""}`;
    case "select":
      return property.select?.name ?? "";
    case "multi_select":
      return (property.multi_select ?? []).map(({ name }) => name).join(", ");
    case "status":
      return property.status?.name ?? "";
    case "date":
      return dateText(property.date);
    case "people":
      return (property.people ?? []).flatMap(({ name }) => name ?? []).join(", ");
    case "checkbox":
      return property.checkbox === true ? "yes" : "no";
    case "url":
      return property.url ?? "";
    case "email":
      return property.email ?? "";
    case "phone_number":
      return property.phone_number ?? "";
    case "unique_id":
      return [id?.prefix, id?.number].filter((part) => part !== null && part !== undefined).join("-");
    case "formula":
      return `${formula?.string ?? formula?.number ?? formula?.boolean ?? dateText(formula?.date)}`;
    case "rollup":
      return `${rollup?.number ?? dateText(rollup?.date)}`;
    default:
      // Files, relations, buttons: nothing that says something without opening it.
      return "";
  }
}

/** Items of a list stand together, everything else apart. */
function blocksText(blocks: readonly NotionBlock[]): string {
  let text = "";
  let wasItem = false;
  let number = 0;
  for (const block of blocks) {
    number = block.type === "numbered_list_item" ? number + 1 : 0;
    const part = blockText(block, number);
    if (part === "") continue;
    const isItem = /^(?:bulleted_list_item|numbered_list_item|to_do)$/.test(block.type);
    text += text === "" ? part : `${isItem && wasItem ? "\n" : "\n\n"}${part}`;
    wasItem = isItem;
  }
  return text;
}

function blockText({ id, type, value, children }: NotionBlock, number: number): string {
  const text = textOf(value.rich_text);
  const below = (): string => blocksText(children);
  const withBelow = (own: string): string => [own, below()].filter((part) => part !== "").join("\n\n");
  const level = /^heading_([1-5])$/.exec(type)?.[1];
  // The anchor that Notion itself gives a block.
  if (level !== undefined)
    return withBelow(
      text === "" ? "" : `${"#".repeat(Number(level) + 1)} ${oneLine(text)} {#${id.replaceAll("-", "")}}`,
    );
  switch (type) {
    case "bulleted_list_item":
      return item("- ", text, below());
    case "numbered_list_item":
      return item(`${number}. `, text, below());
    case "to_do":
      return item(`- [${value.checked === true ? "x" : " "}] `, text, below());
    case "quote":
    case "callout":
      return withBelow(paragraph(text)).replace(/^/gm, "> ").replace(/ $/gm, "");
    case "code":
      return codeText(value);
    case "equation":
      return value.expression === undefined || value.expression === "" ? "" : `$$\n${value.expression}\n$$`;
    case "table":
      return tableText(children);
    case "child_page":
    case "child_database":
      return value.title === undefined || value.title === ""
        ? ""
        : `[${oneLine(value.title).replace(/[[\]]/g, "\\$&")}](${pageAddress(id)})`;
    default:
      // Paragraphs, toggles, columns, originals of synced blocks; of pictures and files what is written below them.
      return withBelow(paragraph(text === "" ? textOf(value.caption) : text));
  }
}

export const pageAddress = (id: string): string => `https://www.notion.so/${id.replaceAll("-", "")}`;

function item(mark: string, text: string, below: string): string {
  const lines = [text, below].filter((part) => part !== "").join("\n");
  const indent = mark.startsWith("- ") ? "  " : "   ";
  return lines === "" ? "" : `${mark}${lines.replaceAll("\n", `\n${indent}`)}`;
}

function codeText({ rich_text: parts = [], language, caption }: BlockValue): string {
  const code = parts.map(({ plain_text: text }) => text).join("");
  if (code.trim() === "") return "";
  const fence = fenceFor(code);
  const name = /^[\w+#-]{1,20}$/.test(language ?? "") ? language : "";
  const block = `${fence}${name}\n${code}\n${fence}`;
  const words = paragraph(textOf(caption));
  return words === "" ? block : `${block}\n\n${words}`;
}

function tableText(rows: readonly NotionBlock[]): string {
  const cells = rows.map(({ value }) =>
    (value.cells ?? []).map((cell) => oneLine(textOf(cell)).replaceAll("|", "\\|")),
  );
  const width = Math.max(0, ...cells.map((row) => row.length));
  const [head, ...body] = cells.map(
    (row) => `| ${[...row, ...Array<string>(width - row.length).fill("")].join(" | ")} |`,
  );
  return head === undefined || width === 0 ? "" : [head, `|${" --- |".repeat(width)}`, ...body].join("\n");
}

function textOf(parts: RichText | undefined): string {
  return (parts ?? [])
    .map(({ type, plain_text: text, annotations }) =>
      type === "equation" ? `$${text}$` : annotations.code && text.trim() !== "" ? `\`${text}\`` : text,
    )
    .join("")
    .replaceAll("\0", "")
    .trim();
}

/** Text of a page that looks like our own signs. */
const paragraph = (text: string): string => text.replace(/^(\s*)([#>|]|`{3}|~{3}|---|===)/gm, "$1\\$2");
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
