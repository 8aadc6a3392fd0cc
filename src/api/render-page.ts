import MarkdownIt from "markdown-it";
import { splitFrontMatter } from "../rag/front-matter.ts";
import { createAnchors } from "../rag/heading-anchor.ts";

/** No script, nothing from elsewhere: a page is somebody's text. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.65 system-ui, "Apple SD Gothic Neo", "Noto Sans KR", sans-serif; max-width: 46rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1, h2, h3 { line-height: 1.3; margin: 2rem 0 .75rem; }
:target { background: light-dark(#fff3bf, #4d4420); }
code { font: .9em ui-monospace, monospace; background: light-dark(#f1f3f5, #2b2d31); padding: .1em .3em; border-radius: 4px; }
pre { background: light-dark(#f1f3f5, #2b2d31); padding: 1rem; overflow: auto; border-radius: 8px; }
pre code { background: none; padding: 0; }
table { border-collapse: collapse; display: block; overflow: auto; }
th, td { border: 1px solid light-dark(#ced4da, #4a4d53); padding: .35rem .7rem; text-align: left; }
`;

/** `## Title {#own-id}` names its anchor. */
const OWN_ANCHOR = /\s*\{#([^\s{}]+)\}\s*$/;

/** A Markdown page for the browser. Its headings have the anchors that citations point to; HTML in it is shown as text. */
export function renderPage(content: string, path: string): string {
  const { fields, body } = splitFrontMatter(content.replace(/\r\n?/g, "\n"));
  const markdown = new MarkdownIt({ html: false, linkify: false });
  const anchorOf = createAnchors();
  markdown.renderer.rules.heading_open = (tokens, index, options, _environment, renderer) => {
    const [token, inline] = [tokens[index], tokens[index + 1]];
    if (token !== undefined && inline !== undefined) {
      const declared = OWN_ANCHOR.exec(inline.content)?.[1];
      const own = anchorOf(inline.content.replace(OWN_ANCHOR, ""));
      const last = inline.children?.at(-1);
      if (last?.type === "text") last.content = last.content.replace(OWN_ANCHOR, "");
      token.attrSet("id", declared ?? own);
    }
    return renderer.renderToken(tokens, index, options);
  };
  const declared = fields["title"];
  const title = typeof declared === "string" ? declared : path;
  const { escapeHtml } = markdown.utils;
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${markdown.render(body)}
</main>
</body>
</html>
`;
}
