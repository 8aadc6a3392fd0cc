import { plainText } from "./plain-text.ts";

/** The anchors of one page, as GitHub makes them: lower-case, hyphens, Korean kept, repeated ones numbered. */
export function createAnchors(): (heading: string) => string {
  const used = new Map<string, number>();
  return (heading) => {
    const slug = plainText(heading)
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replace(/ /g, "-");
    let anchor = slug;
    let count = used.get(slug) ?? 0;
    while (used.has(anchor)) {
      count += 1;
      anchor = `${slug}-${count}`;
    }
    used.set(slug, count);
    used.set(anchor, used.get(anchor) ?? 0);
    return anchor;
  };
}
