import type { SkipReason } from "./document-source.ts";
import type { DocumentFormat } from "./page-format.ts";

export type ConvertedFormat = Exclude<DocumentFormat, "markdown" | "text" | "code">;

/** Makes Markdown of what is no text. What others wrote may be made to harm: it is read apart from everything else. */
export interface DocumentConverter {
  /** Throws only where nothing could be converted at all. */
  convert(
    document: { bytes: Buffer; format: ConvertedFormat },
    signal?: AbortSignal,
  ): Promise<{ content: string } | { reason: SkipReason }>;
  close(): Promise<void>;
}
