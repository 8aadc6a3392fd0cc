import { createHash } from "node:crypto";
import { CHUNKER_VERSION, chunkDocument } from "./chunk-document.ts";
import { plainText } from "./plain-text.ts";
import type { IndexedChunk, SourceDocument } from "./ports.ts";
import { TOKENIZER_VERSION, tokenize } from "./tokenize.ts";

export interface IndexedDocument {
  id: string;
  title: string;
  contentHash: string;
  chunks: readonly IndexedChunk[];
}

/** Stable for a path of a source, and safe in every filter whatever the path contains. */
export function documentId(source: string, path: string): string {
  return `${source}:${createHash("sha256").update(path).digest("hex").slice(0, 24)}`;
}

/** Changes with everything that the index stores of a page, except the time of its last change. */
export function contentHash(document: SourceDocument, audience: string): string {
  const { path, url, format, content } = document;
  return createHash("sha256")
    .update(JSON.stringify([CHUNKER_VERSION, TOKENIZER_VERSION, path, url, format, audience, content]))
    .digest("hex");
}

export function indexDocument(source: string, audience: string, document: SourceDocument): IndexedDocument {
  const id = documentId(source, document.path);
  const hash = contentHash(document, audience);
  const { title, language, chunks } = chunkDocument(document);
  return {
    id,
    title,
    contentHash: hash,
    chunks: chunks.map(({ headings, anchor, text }, position) => ({
      id: `${id}:${position}`,
      documentId: id,
      source,
      path: document.path,
      title,
      headings,
      anchor,
      url: anchor === "" ? document.url : `${document.url}#${encodeAnchor(anchor)}`,
      text,
      searchText: searchTextOf(headings, text),
      contentHash: hash,
      audience,
      language,
      updatedAtMs: document.updatedAt.getTime(),
    })),
  };
}

/** "page=12", the page of a PDF, has to stay readable for its viewer. */
function encodeAnchor(anchor: string): string {
  return encodeURIComponent(anchor).replace(/^page%3D(?=\d+$)/, "page=");
}

/** The headings' tokens stand before the text's: a short section is found by what it is about. */
function searchTextOf(headings: readonly string[], text: string): string {
  const tokens = tokenize(`${headings.join("\n")}\n${plainText(text)}`);
  // BM25 needs at least one token of each row.
  return tokens.length > 0 ? tokens.join(" ") : "zqempty";
}
