import { Parser } from "htmlparser2";

const MAX_LINKS = 5_000;

/** Where a page links to, and whether it wants to be found. */
export function readLinks(html: string, base: string): { links: readonly string[]; isIndexed: boolean } {
  const links = new Set<string>();
  let isIndexed = true;
  let root = base;
  const parser = new Parser({
    onopentag(name, attributes) {
      const href = attributes["href"];
      if (name === "base" && href !== undefined) root = URL.parse(href, base)?.href ?? base;
      if ((name === "a" || name === "area") && href !== undefined && links.size < MAX_LINKS) {
        const url = URL.parse(href, root);
        if (url !== null) {
          url.hash = "";
          links.add(url.href);
        }
      }
      if (name === "meta" && /^(?:robots|jibsa)$/i.test(attributes["name"] ?? ""))
        isIndexed &&= !/\b(?:noindex|none)\b/i.test(attributes["content"] ?? "");
    },
  });
  parser.write(html);
  parser.end();
  return { links: [...links], isIndexed };
}

/** The addresses of a sitemap, and those of the sitemaps that it names: https://www.sitemaps.org/protocol.html */
export function readSitemap(xml: string): { pages: readonly string[]; sitemaps: readonly string[] } {
  const pages: string[] = [];
  const sitemaps: string[] = [];
  const path: string[] = [];
  let text = "";
  const parser = new Parser(
    {
      onopentag(name) {
        path.push(name.replace(/^.*:/, ""));
        text = "";
      },
      ontext(part) {
        text += part;
      },
      onclosetag() {
        const [parent, name] = path.slice(-2);
        path.pop();
        if (name !== "loc") return;
        if (parent === "url") pages.push(text.trim());
        if (parent === "sitemap") sitemaps.push(text.trim());
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(xml);
  parser.end();
  return { pages, sitemaps };
}
