import { parseEntity } from "./parse-entity.ts";
import { safeUrl, textNode, unescapeText, type TextNode } from "./text-node.ts";

/** Slack's own notation, `mrkdwn`, as nodes. */
export function parseMrkdwn(source: string): TextNode[] {
  return source.split(/(```[\s\S]+?```)/).flatMap((piece, index) => {
    if (index % 2 === 1) return [{ kind: "preformatted", text: plainText(piece.slice(3, -3)) }];
    // A line break beside a code block is the block's own.
    const text = index === 0 ? piece : piece.replace(/^\n/, "");
    return text === "" ? [] : parseLines(text.replace(/\n$/, ""));
  });
}

/** Quotes are whole lines that start with `>`; `>>>` quotes all that follows. */
function parseLines(text: string): TextNode[] {
  const nodes: TextNode[] = [];
  let plain: string[] = [];
  let quoted: string[] = [];
  const flush = () => {
    if (plain.length > 0) nodes.push(...parseInline(plain.join("\n")));
    if (quoted.length > 0) nodes.push({ kind: "quote", children: parseInline(quoted.join("\n")) });
    plain = [];
    quoted = [];
  };
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (/^(?:&gt;|>){3}/.test(line)) {
      if (plain.length > 0) flush();
      quoted.push(
        lines
          .slice(index)
          .join("\n")
          .replace(/^(?:&gt;|>){3} ?/, ""),
      );
      break;
    }
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) {
      if (plain.length > 0) flush();
      quoted.push(quote[1] ?? "");
    } else {
      if (quoted.length > 0) flush();
      plain.push(line);
    }
  }
  flush();
  return nodes;
}

const edge = String.raw`[\p{L}\p{N}]`;
const styled = (mark: string, name: string) =>
  String.raw`(?<!${edge}|${mark})${mark}(?=[^\s${mark}])(?<${name}>[^${mark}\n]*?[^\s${mark}])${mark}(?!${edge}|${mark})`;

const pieces = new RegExp(
  [
    String.raw`<(?<entity>[^<>\n]+)>`,
    String.raw`\x60(?<code>[^\x60\n]+)\x60`,
    styled(String.raw`\*`, "bold"),
    styled("_", "italic"),
    styled("~", "strike"),
    String.raw`(?<url>https?:\/\/[^\s<>|]+)`,
    String.raw`:(?<emoji>[a-z0-9_+'-]+):`,
    String.raw`(?<line>\n)`,
  ].join("|"),
  "gu",
);

function parseInline(text: string): TextNode[] {
  const nodes: TextNode[] = [];
  let end = 0;
  for (const match of text.matchAll(pieces)) {
    if (match.index > end) nodes.push(textNode(unescapeText(text.slice(end, match.index))));
    end = match.index + match[0].length;
    nodes.push(...readPiece(match[0], match.groups ?? {}));
  }
  if (end < text.length) nodes.push(textNode(unescapeText(text.slice(end))));
  return nodes;
}

function readPiece(whole: string, groups: Record<string, string | undefined>): TextNode[] {
  const { entity, code, bold, italic, strike, url, emoji, line } = groups;
  if (line !== undefined) return [{ kind: "break" }];
  if (code !== undefined) return [{ kind: "code", text: plainText(code) }];
  if (bold !== undefined) return [{ kind: "bold", children: parseInline(bold) }];
  if (italic !== undefined) return [{ kind: "italic", children: parseInline(italic) }];
  if (strike !== undefined) return [{ kind: "strike", children: parseInline(strike) }];
  if (emoji !== undefined) return [{ kind: "emoji", name: emoji }];
  if (url !== undefined) return parseBareUrl(url);
  return [(entity === undefined ? undefined : parseEntity(entity)) ?? textNode(unescapeText(whole))];
}

/** An address that nobody marked; the punctuation behind it belongs to the sentence. */
export function parseBareUrl(found: string): TextNode[] {
  const address = found.replace(/[.,;:!?)\]'"*_~]+$/, "");
  const url = safeUrl(unescapeText(address));
  if (url === undefined) return [textNode(unescapeText(found))];
  const rest = found.slice(address.length);
  const link: TextNode = { kind: "link", url, children: [textNode(unescapeText(address))] };
  return rest === "" ? [link] : [link, textNode(unescapeText(rest))];
}

/** Inside code nothing is formatted, but a marked link shows its label as in Slack. */
function plainText(text: string): string {
  return unescapeText(
    text.replaceAll(/<((?:https?|mailto):[^<>|\n]+)(?:\|([^<>\n]*))?>/g, (_, url: string, label?: string) =>
      label === undefined ? url : label,
    ),
  ).replace(/^\n|\n$/g, "");
}
