import { extname } from "node:path";

const FORMATS: Readonly<Record<string, "markdown" | "text">> = {
  ".md": "markdown",
  ".markdown": "markdown",
  ".mdx": "markdown",
  ".txt": "text",
  ".text": "text",
};

/** What a page is by the ending of its path; undefined: nothing that is indexed. */
export function pageFormat(path: string): "markdown" | "text" | undefined {
  return FORMATS[extname(path).toLowerCase()];
}
