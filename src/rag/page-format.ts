import { extname } from "node:path";

/** How a document is read. "code": shown as it is, in a block. */
export const documentFormats = [
  "markdown",
  "text",
  "code",
  "html",
  "pdf",
  "docx",
  "notebook",
  "confluence",
] as const;
export type DocumentFormat = (typeof documentFormats)[number];

const FORMATS: Readonly<Record<string, DocumentFormat>> = {
  ".md": "markdown",
  ".markdown": "markdown",
  ".mdx": "markdown",
  ".txt": "text",
  ".text": "text",
  ".yaml": "code",
  ".yml": "code",
  ".json": "code",
  ".html": "html",
  ".htm": "html",
  ".xhtml": "html",
  ".pdf": "pdf",
  ".docx": "docx",
  ".ipynb": "notebook",
};

/** The largest file that is read, in bytes: of text, and of what text is taken out of. */
export interface SizeLimits {
  text: number;
  document: number;
}

export const isTooLarge = (path: string, bytes: number, limits: SizeLimits): boolean => {
  const format = pageFormat(path);
  const isText = format === "markdown" || format === "text" || format === "code";
  return bytes > (isText ? limits.text : limits.document);
};

/** What a page is by the ending of its path; undefined: nothing that is indexed. */
export function pageFormat(path: string): DocumentFormat | undefined {
  return FORMATS[extname(path).toLowerCase()];
}
