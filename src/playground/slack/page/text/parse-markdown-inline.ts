import { parseEntity } from "./parse-entity.ts";
import { parseBareUrl } from "./parse-mrkdwn.ts";
import { safeUrl, textNode, type TextNode } from "./text-node.ts";

const pieces = new RegExp(
  [
    String.raw`\\(?<escaped>[\\\x60*_{}[\]()#+\-.!|~<>&])`,
    String.raw`(?<fence>\x60+)(?<code>[\s\S]*?[^\x60])\k<fence>(?!\x60)`,
    String.raw`!?\[(?<label>(?:[^[\]]|\[[^[\]]*\])*)\]\(<?(?<target>[^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+"[^"]*")?\)`,
    String.raw`\*\*(?=\S)(?<bold>[\s\S]*?\S)\*\*(?!\*)`,
    String.raw`(?<![\p{L}\p{N}_])__(?=\S)(?<bold2>[\s\S]*?\S)__(?![\p{L}\p{N}_])`,
    String.raw`\*(?=[^\s*])(?<italic>[^*]*[^\s*])\*(?!\*)`,
    String.raw`(?<![\p{L}\p{N}_])_(?=[^\s_])(?<italic2>[^_]*[^\s_])_(?![\p{L}\p{N}_])`,
    String.raw`~~(?=\S)(?<strike>[\s\S]*?\S)~~`,
    String.raw`<(?<entity>[^<>\s][^<>\n]*)>`,
    String.raw`(?<url>https?:\/\/[^\s<>|]+)`,
    String.raw`:(?<emoji>[a-z0-9_+'-]+):`,
    String.raw`(?<line>\n)`,
  ].join("|"),
  "gu",
);

/** The formatting within one paragraph of Markdown. HTML is text. */
export function parseMarkdownInline(text: string): TextNode[] {
  const nodes: TextNode[] = [];
  let end = 0;
  for (const match of text.matchAll(pieces)) {
    if (match.index > end) nodes.push(textNode(decode(text.slice(end, match.index))));
    end = match.index + match[0].length;
    nodes.push(...readPiece(match[0], match.groups ?? {}));
  }
  if (end < text.length) nodes.push(textNode(decode(text.slice(end))));
  return nodes;
}

function readPiece(whole: string, groups: Record<string, string | undefined>): TextNode[] {
  const { escaped, code, label, target, strike, entity, url, emoji, line } = groups;
  const bold = groups["bold"] ?? groups["bold2"];
  const italic = groups["italic"] ?? groups["italic2"];
  if (escaped !== undefined) return [textNode(escaped)];
  if (code !== undefined) return [{ kind: "code", text: code.replace(/^ (.*) $/s, "$1") }];
  if (target !== undefined) {
    const address = safeUrl(target);
    const children = parseMarkdownInline(label ?? "");
    if (address === undefined) return [textNode(whole)];
    return [{ kind: "link", url: address, children: children.length > 0 ? children : [textNode(target)] }];
  }
  if (bold !== undefined) return [{ kind: "bold", children: parseMarkdownInline(bold) }];
  if (italic !== undefined) return [{ kind: "italic", children: parseMarkdownInline(italic) }];
  if (strike !== undefined) return [{ kind: "strike", children: parseMarkdownInline(strike) }];
  if (entity !== undefined) return [parseEntity(entity) ?? textNode(whole)];
  if (url !== undefined) return parseBareUrl(url);
  if (emoji !== undefined) return [{ kind: "emoji", name: emoji }];
  return line === undefined ? [textNode(whole)] : [{ kind: "break" }];
}

const namedCharacters: Readonly<Record<string, string | undefined>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": " ",
};

function decode(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (found) => namedCharacters[found] ?? found);
}
