import { getDocumentProxy } from "unpdf";
import { ConversionError, LIMITS } from "./conversion-limits.ts";

interface TextItem {
  str: string;
  hasEOL: boolean;
  height: number;
  /** The last two are where it stands. */
  transform: number[];
}

/** A PDF's text, a section for each page: a citation then opens the page, `file.pdf#page=12`. */
export async function pdfToMarkdown(bytes: Buffer): Promise<string> {
  const document = await openDocument(bytes);
  if (document.numPages > LIMITS.pdfPages)
    throw new ConversionError("too-complex", `${document.numPages} pages`);
  const sections: string[] = [];
  let characters = 0;
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    const text = pageText(items.flatMap((item): TextItem[] => ("str" in item ? [item] : [])));
    characters += text.length;
    if (characters > LIMITS.outputCharacters) throw new ConversionError("too-complex", "too much text");
    if (text !== "") sections.push(`## Page ${number} {#page=${number}}\n\n${text}`);
  }
  if (sections.length === 0) throw new ConversionError("no-text", "pictures alone");
  const { info } = await document.getMetadata();
  const title = (info as { Title?: unknown }).Title;
  const heading =
    typeof title === "string" && title.trim() !== "" ? `# ${title.replace(/\s+/g, " ").trim()}\n\n` : "";
  return `${heading}${sections.join("\n\n")}\n`;
}

async function openDocument(bytes: Buffer) {
  try {
    return await getDocumentProxy(new Uint8Array(bytes), {
      disableFontFace: true,
      useSystemFonts: false,
      maxImageSize: 0,
    });
  } catch (error) {
    const isLocked = error instanceof Error && error.name === "PasswordException";
    throw new ConversionError(isLocked ? "encrypted" : "broken", String(error));
  }
}

/** Lines as the page has them, paragraphs apart where the gap is larger than a line. */
function pageText(items: readonly TextItem[]): string {
  let text = "";
  let lastY: number | undefined;
  for (const { str, hasEOL, height, transform } of items) {
    const y = transform[5];
    if (y !== undefined && lastY !== undefined && text.endsWith("\n") && str.trim() !== "") {
      if (Math.abs(lastY - y) > Math.max(height, 6) * 1.8) text += "\n";
    }
    text += hasEOL ? `${str}\n` : str;
    if (y !== undefined && str.trim() !== "") lastY = y;
  }
  return (
    text
      .replaceAll("\0", "")
      .replace(/[ \t]+$/gm, "")
      // A line of a page is no heading, table or code of ours.
      .replace(/^([#>|]|`{3}|~{3}|---|===)/gm, "\\$1")
      .replace(/\n{3,}/g, "\n\n")
      .trim()
  );
}
