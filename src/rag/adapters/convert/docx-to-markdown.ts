import mammoth from "mammoth";
import { checkZip } from "./check-zip.ts";
import { ConversionError } from "./conversion-limits.ts";
import { htmlToMarkdown } from "./html-to-markdown.ts";

/** A Word document by its styles: headings, lists, tables; pictures are left out. */
export async function docxToMarkdown(bytes: Buffer): Promise<string> {
  checkZip(bytes);
  let html: string;
  try {
    const result = await mammoth.convertToHtml(
      { buffer: bytes },
      {
        externalFileAccess: false,
        convertImage: mammoth.images.imgElement(async () => ({ src: "" })),
        styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"],
      },
    );
    html = result.value;
  } catch (error) {
    throw new ConversionError("broken", String(error));
  }
  return htmlToMarkdown(html);
}
