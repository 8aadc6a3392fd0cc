import { decodeText } from "../../decode-text.ts";
import type { ConvertedFormat } from "../../document-converter.ts";
import { ConversionError } from "./conversion-limits.ts";
import { denyNetwork } from "./deny-network.ts";

export interface ConversionOrder {
  format: ConvertedFormat;
  bytes: Uint8Array;
}
export type ConversionReply = { content: string } | { reason: ConversionError["reason"] | "binary" };

denyNetwork();
process.on("message", (order: ConversionOrder) => {
  void convert(order).then((reply) => process.send?.(reply));
});
process.on("disconnect", () => process.exit(0));

/** One document, by the library of its format, which is loaded when the first of its kind comes. */
async function convert({ format, bytes }: ConversionOrder): Promise<ConversionReply> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    switch (format) {
      case "pdf":
        return { content: await (await import("./pdf-to-markdown.ts")).pdfToMarkdown(buffer) };
      case "docx":
        return { content: await (await import("./docx-to-markdown.ts")).docxToMarkdown(buffer) };
      case "html":
      case "confluence":
      case "notebook": {
        const text = decodeText(buffer);
        if (text === undefined) return { reason: "binary" };
        if (format === "html")
          return { content: (await import("./html-to-markdown.ts")).htmlToMarkdown(text) };
        if (format === "confluence")
          return { content: (await import("./confluence-to-markdown.ts")).confluenceToMarkdown(text) };
        return { content: (await import("./notebook-to-markdown.ts")).notebookToMarkdown(text) };
      }
    }
    return format satisfies never;
  } catch (error) {
    // Whatever a library throws over a document is the document's fault; ours would show with every document.
    return { reason: error instanceof ConversionError ? error.reason : "broken" };
  }
}
