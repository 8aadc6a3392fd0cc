import { Parser } from "htmlparser2";
import { ConversionError, LIMITS } from "./conversion-limits.ts";
import { createMarkdownWriter } from "./markdown-writer.ts";

/** No reader looks for an answer there. */
const LEFT_OUT = new Set(
  "script style noscript template svg iframe object embed select textarea button nav footer aside dialog title".split(
    " ",
  ),
);
const BLOCKS = new Set(
  "p div section article main header blockquote figure figcaption details summary address dl dt dd body form fieldset hr center".split(
    " ",
  ),
);
/** Without an end of their own. */
const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));

/**
 * What a reader sees of a page: headings, text, lists, code and tables. Of a page that says where its content is (`main`,
 * `article`) only that. No address survives: what a page links to is not what we cite.
 */
export function htmlToMarkdown(html: string): string {
  const writer = createMarkdownWriter();
  let depth = 0;
  let leftOut = 0;
  let content = 0;
  let title = "";
  let isTitle = false;

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (!VOID.has(name) && (depth += 1) > LIMITS.depth)
          throw new ConversionError("too-complex", "too deep");
        if (name === "title" && title === "") isTitle = true;
        if (
          leftOut > 0 ||
          LEFT_OUT.has(name) ||
          attributes["hidden"] !== undefined ||
          isSiteHeader(name, content)
        ) {
          if (!VOID.has(name)) leftOut += 1;
          return;
        }
        if (name === "main" || name === "article") content += 1;
        writer.setContent(content > 0);
        const level = /^h([1-6])$/.exec(name)?.[1];
        if (level !== undefined) writer.openHeading(Number(level), attributes["id"]);
        else if (name === "pre") writer.openCode(languageOf(attributes["class"]));
        else if (name === "code") writer.inlineCode(languageOf(attributes["class"]));
        else if (name === "ul" || name === "ol") writer.openList(name === "ol");
        else if (name === "li") writer.openItem();
        else if (name === "table") writer.openTable();
        else if (name === "tr") writer.openRow();
        else if (name === "td" || name === "th") writer.openCell();
        else if (name === "br") writer.lineBreak();
        else if (name === "img") writer.text(` ${attributes["alt"] ?? ""} `);
        else if (BLOCKS.has(name)) writer.endBlock();
      },
      ontext(text) {
        if (isTitle) title += text;
        if (leftOut === 0) writer.text(text);
      },
      onclosetag(name) {
        if (VOID.has(name)) return;
        depth -= 1;
        if (name === "title") isTitle = false;
        if (leftOut > 0) {
          leftOut -= 1;
          return;
        }
        if (/^h[1-6]$/.test(name)) writer.closeHeading();
        else if (name === "pre") writer.closeCode();
        else if (name === "code") writer.inlineCode(undefined);
        else if (name === "ul" || name === "ol") writer.closeList();
        else if (name === "table") writer.closeTable();
        else if (name === "li" || BLOCKS.has(name)) writer.endBlock();
        if (name === "main" || name === "article") content -= 1;
        writer.setContent(content > 0);
      },
    },
    { decodeEntities: true },
  );
  parser.write(html);
  parser.end();
  const { markdown, hasTitle } = writer.finish();
  if (markdown === "") throw new ConversionError("no-text");
  const name = title.replace(/\s+/g, " ").trim();
  return hasTitle || name === "" ? `${markdown}\n` : `# ${name}\n\n${markdown}\n`;
}

/** The header of a site stands above its content; that of an article holds its title. */
function isSiteHeader(name: string, content: number): boolean {
  return name === "header" && content === 0;
}

function languageOf(className: string | undefined): string | undefined {
  return /\b(?:language|lang|highlight-source)-([\w+#-]{1,20})/.exec(className ?? "")?.[1];
}
