/**
 * What a reader of the page sees of a piece of Markdown: no link targets, no markup, no comments, no template tags.
 * Code keeps its words. Used for tokens and for quotes, so a quote never carries an address of the document.
 */
export function plainText(markdown: string): string {
  return withoutTemplateTags(markdown)
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/!\[([^\]\n]*)\]\([^)\n]*\)/g, "$1")
    .replace(/\[([^\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)/g, "$1")
    .replace(/\[([^\]\n]+)\]\[[^\]\n]*\]/g, "$1")
    .replace(/^\s{0,3}\[[^\]\n]+\]:\s+\S+.*$/gm, "")
    .replace(/<(?:https?|mailto|ftp):[^>\s]*>/gi, "")
    .replace(
      /<\/?(?:a|b|i|u|p|br|hr|em|li|ol|ul|dl|dt|dd|td|th|tr|div|img|kbd|pre|sub|sup|span|code|table|tbody|thead|center|strong|iframe|script|style|details|summary|figure|video|source|h[1-6])\b[^<>\n]*>/gi,
      "",
    )
    .replace(/^\s*(?:`{3,}|~{3,}).*$/gm, "")
    .replace(/^\s{0,3}#{1,6}\s+/gm, "")
    .replace(/^\s{0,3}(?:>\s?)+/gm, "")
    .replace(/(\*\*|__)(?=\S)([^\n]*?\S)\1/g, "$2")
    .replace(/(?<![\w*])\*(?=[^\s*])([^*\n]*?[^\s*])\*(?![\w*])/g, "$1")
    .replace(
      /^(\s*)!!!\s+(\w+)(?:\s+"([^"\n]*)")?/gm,
      (_, indent: string, kind: string, title?: string) => `${indent}${title ?? kind}:`,
    )
    .replace(/&nbsp;/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}

/** Hugo's `{{< glossary_tooltip text="pod" >}}` says "pod"; Jinja's and other tags say nothing. */
function withoutTemplateTags(text: string): string {
  return text.replace(/\{\{([<%])\s*([\s\S]{0,400}?)\s*[%>]\}\}/g, (_, _kind: string, inner: string) => {
    const named = /\btext="([^"]*)"/.exec(inner) ?? /\bterm_id="([^"]*)"/.exec(inner);
    const heading = /^heading\s+"([^"]*)"/.exec(inner);
    return named?.[1] ?? heading?.[1] ?? "";
  });
}
