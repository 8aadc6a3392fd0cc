import { createHash } from "node:crypto";
import type { LookupAddress } from "node:dns";
import { join } from "node:path";
import { checkSourceName, type DocumentSource, type SkippedDocument } from "../../document-source.ts";
import { pageFormat, type DocumentFormat } from "../../page-format.ts";
import { crawl, isBelow } from "./crawl.ts";
import { createFetcher } from "./fetch-page.ts";
import { createPageStore, type StoredPage } from "./page-store.ts";

const FORMATS: Readonly<Record<string, DocumentFormat>> = {
  "text/html": "html",
  "application/xhtml+xml": "html",
  "text/markdown": "markdown",
  "text/plain": "text",
  "application/pdf": "pdf",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/x-ipynb+json": "notebook",
  "application/json": "code",
  "application/yaml": "code",
};

export interface WebsiteSourceOptions {
  name: string;
  /** Addresses of what is read, such as "https://docs.example.com/guides/". */
  prefixes: readonly string[];
  /** Where the pages are listed; without it, links are followed from the prefixes on. */
  sitemap?: string | undefined;
  /** Names of hosts that may be at a private address. Default: none. */
  privateHosts?: readonly string[];
  /** Default 5,000. */
  maxPages?: number | undefined;
  maxBytes: number;
  /** Where pages are kept between syncs. */
  cacheDir: string;
  everyMs?: number | undefined;
  now?: () => Date;
  /** For tests; default: the machine's resolver. */
  resolve?: (host: string) => Promise<readonly LookupAddress[]>;
}

/** The pages of a website. A server that knows ETags or times sends only what changed. */
export function createWebsiteSource(options: WebsiteSourceOptions): DocumentSource {
  checkSourceName(options.name);
  const prefixes = options.prefixes.map((prefix) => new URL(prefix).href);
  const key = createHash("sha256").update(prefixes.join("\n")).digest("hex").slice(0, 12);
  const store = createPageStore(join(options.cacheDir, `${options.name}-${key}.web`));
  let listed = new Map<string, { page: StoredPage; format: DocumentFormat }>();

  return {
    name: options.name,
    ...(options.everyMs === undefined ? {} : { everyMs: options.everyMs }),
    settings: prefixes.join("\n"),

    async list(signal) {
      const { sitemap } = options;
      const fetcher = createFetcher({
        privateHosts: options.privateHosts ?? [],
        mayFollow: (url) =>
          isBelow(url, prefixes) || url === sitemap || new URL(url).pathname === "/robots.txt",
        maxBytes: options.maxBytes,
        signal,
        resolve: options.resolve,
      });
      try {
        const { pages, skipped } = await crawl({
          prefixes,
          sitemap,
          maxPages: options.maxPages ?? 5_000,
          maxBytes: options.maxBytes,
          fetcher,
          store,
          now: options.now ?? (() => new Date()),
          signal,
        });
        const left: SkippedDocument[] = skipped.map(({ url, reason }) => ({
          path: pathOf(url, prefixes),
          reason,
        }));
        listed = new Map();
        for (const page of pages.values()) {
          const path = pathOf(page.url, prefixes);
          const format = FORMATS[page.contentType] ?? pageFormat(new URL(page.url).pathname);
          if (format === undefined) left.push({ path, reason: "not-a-text-format" });
          else listed.set(path, { page, format });
        }
        const documents = [...listed]
          .map(([path, { page, format }]) => ({ path, mark: `${page.body}.${format}` }))
          .toSorted((one, other) => (one.path < other.path ? -1 : 1));
        return { documents, skipped: left };
      } finally {
        fetcher.close();
      }
    },

    async read(path) {
      const found = listed.get(path);
      if (found === undefined) throw new Error(`${path} is not in the listing`);
      const { page, format } = found;
      return {
        path,
        bytes: await store.read(page.body),
        format,
        updatedAt: new Date(page.changedAtMs),
        url: page.url,
      };
    },
  };
}

/** What people can read of an address: below the only prefix what follows it, else all of it. */
function pathOf(url: string, prefixes: readonly string[]): string {
  const [only, ...others] = prefixes;
  const base = only?.endsWith("/") === true && others.length === 0 ? only : undefined;
  const rest = base !== undefined && url.startsWith(base) && url !== base ? url.slice(base.length) : url;
  try {
    return decodeURIComponent(rest);
  } catch {
    // A percent sign of its own.
    return rest;
  }
}
