import { Parser } from "htmlparser2";
import type { ConfluencePageText } from "./confluence-page.ts";
import { ConversionError } from "./conversion-limits.ts";
import { htmlToMarkdown } from "./html-to-markdown.ts";

/** Nothing of them is text of the page: pictures, what templates ask for, the same once more for old readers. */
const LEFT_OUT = new Set(
  "ac:image ac:placeholder ac:adf-fallback ac:adf-attribute ac:adf-parameter ac:task-id ac:task-uuid script style".split(
    " ",
  ),
);
const CODE_MACROS = new Set(["code", "noformat"]);
/** Their text is a program of the browser. */
const LEFT_OUT_MACROS = new Set(["html", "html-include", "style"]);
const VOID = new Set(["br", "hr"]);
const HTML =
  /^(?:p|h[1-6]|ul|ol|li|table|thead|tbody|tr|td|th|pre|code|blockquote|div|span|br|hr|dl|dt|dd|strong|em|u|s|sub|sup|a)$/;

interface Macro {
  name: string;
  parameters: Map<string, string>;
  isTitled: boolean;
}
interface Link {
  /** What it leads to, for those without words of their own. */
  target: string;
  hasWords: boolean;
}

/** A page in Confluence's storage format. Its title stands above its headings, code keeps its language, macros give their text. */
export function confluenceToMarkdown(json: string): string {
  const { title, anchors, storage } = JSON.parse(json) as ConfluencePageText;
  const body = toHtml(storage, (heading) =>
    anchors === "cloud" ? heading.trim().replace(/\s/g, "-") : `${title}-${heading}`.replace(/\s/g, ""),
  );
  if (body.replace(/<[^>]*>/g, "").trim() === "") throw new ConversionError("no-text");
  return htmlToMarkdown(`<h1>${escape(title)}</h1>${body}`);
}

function toHtml(storage: string, anchorOf: (heading: string) => string): string {
  const out: string[] = [];
  const macros: Macro[] = [];
  const links: Link[] = [];
  /** Text that is not written where it stands. */
  const captures: { name: string; text: string }[] = [];
  let leftOut = 0;
  let heading: { at: number; level: number; text: string } | undefined;
  let task = "";

  const write = (text: string): void => {
    const capture = captures.at(-1);
    if (capture !== undefined) capture.text += text;
    else {
      if (heading !== undefined) heading.text += text;
      out.push(escape(text));
    }
  };
  const openBody = (): void => {
    const macro = macros.at(-1);
    if (macro === undefined || macro.isTitled) return;
    macro.isTitled = true;
    const name = macro.parameters.get("title") ?? "";
    if (name !== "") out.push(`<p>${escape(name)}</p>`);
  };
  const closeMacro = (): void => {
    const macro = macros.pop();
    if (macro?.name === "status") write(macro.parameters.get("title") ?? "");
    if (macro?.name === "jira") write(macro.parameters.get("key") ?? "");
  };
  const closePlainBody = (text: string): void => {
    const macro = macros.at(-1);
    if (macro === undefined || LEFT_OUT_MACROS.has(macro.name)) return;
    openBody();
    const language = CODE_MACROS.has(macro.name) ? macro.parameters.get("language") : macro.name;
    const known = /^[\w+#-]{1,20}$/.test(language ?? "") ? ` class="language-${language}"` : "";
    out.push(`<pre><code${known}>${escape(text)}</code></pre>`);
  };

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (leftOut > 0 || LEFT_OUT.has(name)) leftOut += 1;
        else if (name === "ac:structured-macro" || name === "ac:macro")
          macros.push({ name: attributes["ac:name"] ?? "", parameters: new Map(), isTitled: false });
        else if (name === "ac:parameter" || name === "ac:plain-text-body" || name === "ac:task-status")
          captures.push({ name: attributes["ac:name"] ?? "", text: "" });
        else if (name === "ac:rich-text-body") openBody();
        else if (name === "ac:link") links.push({ target: "", hasWords: false });
        else if (name.startsWith("ri:")) nameTarget(links.at(-1), attributes);
        else if (name === "ac:task-list") out.push("<ul>");
        else if (name === "ac:task-body") out.push(`<li>${task === "complete" ? "[x] " : "[ ] "}`);
        else if (name === "ac:emoticon") write(attributes["ac:emoji-fallback"] ?? "");
        else if (name === "time") write(attributes["datetime"] ?? "");
        else if (name.startsWith("ac:adf") || name.startsWith("ac:layout")) out.push("<div>");
        else if (/^h[1-6]$/.test(name)) {
          heading = { at: out.length, level: Math.min(6, Number(name.slice(1)) + 1), text: "" };
          out.push("");
        } else if (HTML.test(name)) out.push(`<${name}>`);
      },
      ontext(text) {
        if (leftOut > 0) return;
        const link = links.at(-1);
        if (link !== undefined && text.trim() !== "") link.hasWords = true;
        write(text);
      },
      onclosetag(name) {
        if (leftOut > 0) leftOut -= 1;
        else if (name === "ac:structured-macro" || name === "ac:macro") closeMacro();
        else if (name === "ac:parameter") {
          const parameter = captures.pop();
          if (parameter !== undefined) macros.at(-1)?.parameters.set(parameter.name, parameter.text.trim());
        } else if (name === "ac:plain-text-body") closePlainBody(captures.pop()?.text ?? "");
        else if (name === "ac:task-status") task = captures.pop()?.text.trim() ?? "";
        else if (name === "ac:task-list") out.push("</ul>");
        else if (name === "ac:task-body") out.push("</li>");
        else if (name === "ac:link") {
          const link = links.pop();
          if (link !== undefined && !link.hasWords) write(link.target);
        } else if (name.startsWith("ac:adf") || name.startsWith("ac:layout")) out.push("</div>");
        else if (/^h[1-6]$/.test(name) && heading !== undefined) {
          const { at, level, text } = heading;
          heading = undefined;
          out[at] = `<h${level} id="${escape(anchorOf(text))}">`;
          out.push(`</h${level}>`);
        } else if (HTML.test(name) && !VOID.has(name)) out.push(`</${name}>`);
      },
    },
    { decodeEntities: true, recognizeCDATA: true, recognizeSelfClosing: true },
  );
  parser.write(storage);
  parser.end();
  return out.join("");
}

function nameTarget(link: Link | undefined, attributes: Readonly<Record<string, string>>): void {
  const target = attributes["ri:content-title"] ?? attributes["ri:filename"];
  if (link !== undefined && target !== undefined) link.target = target;
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
