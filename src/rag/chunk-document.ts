import type { Locale } from "../store/database.ts";
import { splitFrontMatter } from "./front-matter.ts";
import { createAnchors } from "./heading-anchor.ts";
import { splitSections, type Section } from "./markdown-sections.ts";
import { plainText } from "./plain-text.ts";
import { packBlocks } from "./split-text.ts";
import { textLanguage } from "./text-language.ts";

/** Raised whenever the same page would give other chunks, so that every page is indexed again. */
export const CHUNKER_VERSION = 1;
const MAX_CHUNK_CHARACTERS = 1_500;
const MAX_TITLE_CHARACTERS = 200;

interface DocumentChunk {
  /** From the page's title down to the chunk's heading. */
  headings: readonly string[];
  /** "" for what stands before the first heading. */
  anchor: string;
  /** Markdown, at most 1,500 characters. */
  text: string;
}

export interface ChunkedDocument {
  title: string;
  language: Locale;
  chunks: readonly DocumentChunk[];
}

/**
 * Cuts a page along its headings into chunks of at most 1,500 characters. Code and tables stay whole unless one alone
 * is longer; then each piece gets the fence or the table's head again. A page without a body is one chunk: its title.
 */
export function chunkDocument(document: {
  path: string;
  content: string;
  format: "markdown" | "text";
}): ChunkedDocument {
  const content = document.content.replace(/^﻿/, "").replace(/\r\n?/g, "\n").replaceAll("\0", "");
  const { fields, body } =
    document.format === "markdown" ? splitFrontMatter(content) : { fields: {}, body: content };
  const sections: Section[] =
    document.format === "markdown"
      ? splitSections(body)
      : [
          {
            blocks: body
              .split(/\n\s*\n/)
              .map((text) => ({ kind: "text", text: text.replace(/^\n+/, "").trimEnd() })),
          },
        ];
  const title = pageTitle(fields, sections, document.path);
  const chunks = sectionChunks(sections, title);
  return {
    title,
    language: textLanguage(`${title}\n${body}`),
    chunks: chunks.length > 0 ? chunks : [{ headings: [title], anchor: "", text: title }],
  };
}

function sectionChunks(sections: readonly Section[], title: string): DocumentChunk[] {
  const anchorOf = createAnchors();
  const path: { level: number; text: string }[] = [];
  return sections.flatMap((section) => {
    let anchor = "";
    if (section.heading !== undefined) {
      const { level, text, id } = section.heading;
      const own = anchorOf(text);
      anchor = id ?? own;
      while (path.length > 0 && (path[path.length - 1]?.level ?? 0) >= level) path.pop();
      path.push({ level, text: shorten(plainText(text)) });
    }
    const headings = path.map((heading) => heading.text).filter((text) => text !== "");
    if (headings[0] !== title) headings.unshift(title);
    const blocks = section.blocks.filter((block) => block.text.trim() !== "");
    return packBlocks(blocks, MAX_CHUNK_CHARACTERS).map((text) => ({ headings, anchor, text }));
  });
}

/** Front matter's title, else the first heading of the highest level, else the file's name. */
function pageTitle(
  fields: Readonly<Record<string, unknown>>,
  sections: readonly Section[],
  path: string,
): string {
  const declared = fields["title"];
  if (typeof declared === "string" || typeof declared === "number") {
    const title = shorten(plainText(String(declared)));
    if (title !== "") return title;
  }
  const headings = sections.flatMap((section) => section.heading ?? []);
  const heading = headings.find(({ level }) => level === 1) ?? headings[0];
  const title = heading === undefined ? "" : shorten(plainText(heading.text));
  if (title !== "") return title;
  const name = path.split("/").at(-1) ?? path;
  return shorten(name.replace(/\.[^.]+$/, "").replace(/[-_]+/g, " ")) || "untitled";
}

function shorten(text: string): string {
  const line = text.replace(/`/g, "").replace(/\s+/g, " ").trim();
  return Array.from(line).slice(0, MAX_TITLE_CHARACTERS).join("");
}
