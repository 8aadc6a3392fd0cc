import { setTimeout as sleep } from "node:timers/promises";
import { decodeText } from "../../decode-text.ts";
import type { SkipReason } from "../../document-source.ts";
import {
  createFetcher,
  ForbiddenAddressError,
  TooLargeError,
  unpack,
  type FetchedPage,
} from "./fetch-page.ts";
import type { createPageStore, StoredPage } from "./page-store.ts";
import { readLinks, readSitemap } from "./read-links.ts";
import { parseRobots, type Robots } from "./robots.ts";

type Fetcher = ReturnType<typeof createFetcher>;

const AT_ONCE = 4;
const MAX_SITEMAPS = 50;
const SAVE_EVERY = 100;
const LONGEST_WAIT_MS = 30_000;

export interface CrawlOptions {
  /** What is read: addresses that begin with one of these. Without a sitemap these are where it begins. */
  prefixes: readonly string[];
  sitemap?: string | undefined;
  maxPages: number;
  maxBytes: number;
  fetcher: Fetcher;
  store: ReturnType<typeof createPageStore>;
  now: () => Date;
  signal?: AbortSignal | undefined;
}

export interface Crawl {
  pages: ReadonlyMap<string, StoredPage>;
  skipped: readonly { url: string; reason: SkipReason }[];
}

/** Whether an address lies below a prefix: "https://a/docs" holds "https://a/docs/x" and not "https://a/docs2". */
export function isBelow(url: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => {
    const base = prefix.replace(/\/$/, "");
    return url === prefix || url === base || [`${base}/`, `${base}?`].some((start) => url.startsWith(start));
  });
}

/** Fetches every page of a website that its robots.txt allows. Throws when the beginning cannot be fetched: nothing is gone then. */
export async function crawl(options: CrawlOptions): Promise<Crawl> {
  const { prefixes, sitemap, store, signal } = options;
  const known = await store.load();
  const robots = createRobotsCache(options.fetcher);
  const pages = new Map<string, StoredPage>();
  const skipped = new Map<string, SkipReason>();
  const seen = new Set<string>();
  const queue: string[] = [];
  const add = (url: string): void => {
    if (seen.has(url) || !isBelow(url, prefixes)) return;
    seen.add(url);
    if (seen.size > options.maxPages) skipped.set(url, "too-many");
    else queue.push(url);
  };
  if (sitemap === undefined) for (const prefix of prefixes) add(prefix);
  else for (const url of await readSitemaps(sitemap, options)) add(url);
  const starts = new Set(sitemap === undefined ? prefixes : []);

  let fetched = 0;
  const visit = async (url: string): Promise<void> => {
    const rules = await robots(url);
    if (!rules.isAllowed(url)) return void skipped.set(url, "robots");
    if (rules.delayMs > 0) await sleep(rules.delayMs, undefined, { signal });
    const outcome = await fetchPage(url, known.get(url), options);
    if ("reason" in outcome) {
      if (starts.has(url) && outcome.reason === "unreadable") throw new Error(`${url} does not answer`);
      skipped.set(url, outcome.reason);
      return;
    }
    const { page } = outcome;
    if (page.url !== url) seen.add(page.url);
    if (page.isIndexed) pages.set(page.url, page);
    else skipped.set(page.url, "robots");
    if (sitemap === undefined) page.links.forEach(add);
    // What was fetched before a kill need not be sent again.
    fetched += 1;
    if (fetched % SAVE_EVERY === 0) await store.save(new Map([...known, ...pages]).values());
  };
  while (queue.length > 0) {
    signal?.throwIfAborted();
    const { delayMs } = await robots(queue[0] ?? "");
    await Promise.all(queue.splice(0, delayMs > 0 ? 1 : AT_ONCE).map(visit));
  }
  await store.save(pages.values());
  await store.tidy(pages.values());
  return { pages, skipped: [...skipped].map(([url, reason]) => ({ url, reason })) };
}

async function fetchPage(
  url: string,
  known: StoredPage | undefined,
  { fetcher, store, now, signal }: CrawlOptions,
): Promise<{ page: StoredPage } | { reason: SkipReason }> {
  try {
    const conditions = {
      ...(known?.etag !== undefined && { "if-none-match": known.etag }),
      ...(known?.lastModified !== undefined && { "if-modified-since": known.lastModified }),
    };
    let answer = await fetcher.fetch(url, conditions);
    if (answer.status === 429 || answer.status === 503) {
      await sleep(retryAfterMs(answer), undefined, { signal });
      answer = await fetcher.fetch(url, conditions);
    }
    if (answer.status === 304 && known !== undefined) return { page: known };
    if (answer.status !== 200) return { reason: reasonOf(answer.status) };
    return { page: await keepPage(answer, known, store, now) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ForbiddenAddressError) return { reason: "forbidden-address" };
    return { reason: error instanceof TooLargeError ? "too-large" : "unreadable" };
  }
}

async function keepPage(
  { headers, body, url }: FetchedPage,
  known: StoredPage | undefined,
  store: CrawlOptions["store"],
  now: () => Date,
): Promise<StoredPage> {
  const contentType = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const isHtml = contentType === "text/html" || contentType === "application/xhtml+xml";
  const { links, isIndexed } = isHtml
    ? readLinks(decodeText(body) ?? "", url)
    : { links: [], isIndexed: true };
  const name = await store.write(body);
  const saidMs = Date.parse(headers["last-modified"] ?? "");
  const isUnchanged = known?.url === url && known.body === name;
  return {
    url,
    body: name,
    contentType,
    ...(headers.etag !== undefined && { etag: headers.etag }),
    ...(headers["last-modified"] !== undefined && { lastModified: headers["last-modified"] }),
    links: [...links],
    isIndexed: isIndexed && !/\b(?:noindex|none)\b/i.test(String(headers["x-robots-tag"] ?? "")),
    changedAtMs: !Number.isNaN(saidMs) ? saidMs : isUnchanged ? known.changedAtMs : now().getTime(),
  };
}

function reasonOf(status: number): SkipReason {
  if (status === 401 || status === 403) return "forbidden";
  return status === 404 || status === 410 ? "not-found" : "unreadable";
}

function retryAfterMs({ headers }: FetchedPage): number {
  const seconds = Number(headers["retry-after"] ?? 1);
  return Math.min(LONGEST_WAIT_MS, (Number.isFinite(seconds) ? Math.max(0, seconds) : 1) * 1_000);
}

/** One look at each site's robots.txt. A site that does not answer is not read: RFC 9309, 2.3.1.4. */
function createRobotsCache(fetcher: Fetcher): (url: string) => Promise<Robots> {
  const known = new Map<string, Promise<Robots>>();
  return (url) => {
    const { origin } = new URL(url);
    let robots = known.get(origin);
    if (robots === undefined) {
      robots = fetcher.fetch(`${origin}/robots.txt`).then(({ status, body }) => {
        if (status >= 500 || status === 429) throw new Error(`${origin}/robots.txt: ${status}`);
        return parseRobots(status === 200 ? body.toString("utf8") : "");
      });
      known.set(origin, robots);
    }
    return robots;
  };
}

async function readSitemaps(
  first: string,
  { fetcher, maxBytes, maxPages, signal }: CrawlOptions,
): Promise<readonly string[]> {
  const pages: string[] = [];
  const waiting = [first];
  const seen = new Set(waiting);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    signal?.throwIfAborted();
    const { status, body } = await fetcher.fetch(next);
    if (status !== 200) throw new Error(`the sitemap ${next} answers ${status}`);
    const isPacked = body[0] === 0x1f && body[1] === 0x8b;
    const sitemap = readSitemap((isPacked ? unpack(body, maxBytes) : body).toString("utf8"));
    for (const page of sitemap.pages) {
      const url = URL.parse(page);
      if (url === null || pages.length > maxPages) continue;
      url.hash = "";
      pages.push(url.href);
    }
    for (const url of sitemap.sitemaps)
      if (!seen.has(url) && seen.size < MAX_SITEMAPS && URL.canParse(url)) {
        seen.add(url);
        waiting.push(url);
      }
  }
  return pages;
}
