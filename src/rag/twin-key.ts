/** "docs/ko/retry.md", "docs/retry.ko.md" and "docs/retry.md" are one page; so are those of sources named "en" and "ko". */
export function twinKey({ source, path }: { source: string; path: string }): string {
  return `${source}/${path}`
    .replace(/(^|\/)(?:ko|en|kr)(?=\/)/gi, "")
    .replace(/[._-](?:ko|en|kr)(\.[^./]+)$/i, "$1")
    .replace(/^\//, "");
}
