import { codePage } from "./code-page.ts";
import { decodeText } from "./decode-text.ts";
import type { DocumentConverter } from "./document-converter.ts";
import {
  DocumentUnreadableError,
  type DocumentSource,
  type FetchedDocument,
  type SkippedDocument,
} from "./document-source.ts";
import type { SourceDocument } from "./ports.ts";
import { redactSecrets } from "./redact-secrets.ts";

/** Fetches a page and makes of it what is indexed: text without secrets. What cannot be indexed is told with its reason. */
export async function readDocument(
  source: DocumentSource,
  converter: DocumentConverter | undefined,
  path: string,
  signal?: AbortSignal,
): Promise<SourceDocument | SkippedDocument> {
  if (redactSecrets(path) !== path) return { path, reason: "secret-in-name" };
  let fetched: FetchedDocument;
  try {
    fetched = await source.read(path, signal);
  } catch (error) {
    // Gone or changed between listing and reading: the next sync sees it as it then is.
    return { path, reason: error instanceof DocumentUnreadableError ? error.reason : "unreadable" };
  }
  const { url, updatedAt } = fetched;
  const page = await toPage(fetched, converter, signal);
  return "reason" in page
    ? { path, reason: page.reason }
    : { path, url, updatedAt, format: page.format, content: redactSecrets(page.content) };
}

async function toPage(
  { path, bytes, format }: FetchedDocument,
  converter: DocumentConverter | undefined,
  signal: AbortSignal | undefined,
): Promise<Pick<SourceDocument, "content" | "format"> | Pick<SkippedDocument, "reason">> {
  if (format === "markdown" || format === "text" || format === "code") {
    const text = decodeText(bytes);
    if (text === undefined) return { reason: "binary" };
    return format === "code"
      ? { content: codePage(path, text), format: "markdown" }
      : { content: text, format };
  }
  if (converter === undefined) return { reason: "not-a-text-format" };
  const converted = await converter.convert({ bytes, format }, signal);
  return "reason" in converted ? converted : { content: converted.content, format: "markdown" };
}
