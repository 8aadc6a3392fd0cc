import { createHash } from "node:crypto";
import type { LookupAddress } from "node:dns";
import type { z } from "zod";
import {
  checkSourceName,
  DocumentUnreadableError,
  type DocumentSource,
  type SkippedDocument,
} from "../../document-source.ts";
import {
  createVendorApi,
  orMissing,
  VendorApiError,
  type VendorApiOptions,
} from "../vendor-api/create-vendor-api.ts";
import {
  blockSchema,
  foundSchema,
  listSchema,
  NOTION_VERSION,
  pageSchema,
  type NotionPage,
} from "./notion-objects.ts";
import { notionToMarkdown, pageAddress, type NotionBlock } from "./notion-to-markdown.ts";

/** Three requests a second on average: https://developers.notion.com/reference/request-limits */
const INTERVAL_MS = 334;
/** The most that Notion gives at once. */
const ITEMS_AT_ONCE = 100;
const MAX_BLOCKS = 5_000;
const MAX_DEPTH = 20;
/** A minute that may still go on, and two that clocks may be apart. */
const SETTLED_AFTER_MS = 180_000;

export interface NotionSourceOptions {
  name: string;
  /** Of the integration that pages are shared with. */
  token: string;
  /** Default https://api.notion.com */
  url?: string | undefined;
  /** Names of hosts that may be at a private address. */
  privateHosts?: readonly string[];
  maxBytes: number;
  everyMs?: number | undefined;
  /** How long after its last change a page's time is trusted. Default 3 min. */
  settledAfterMs?: number;
  now?: () => Date;
  /** For tests. */
  resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  sleep?: VendorApiOptions["sleep"];
}

/**
 * The pages that are shared with an integration, rows of databases among them. A page's path is its id. Its time of change is told
 * by the minute: a page that changed just now may change again within the same one, so it has no mark yet.
 */
export function createNotionSource(options: NotionSourceOptions): DocumentSource {
  checkSourceName(options.name);
  const settledAfterMs = options.settledAfterMs ?? SETTLED_AFTER_MS;
  const now = options.now ?? (() => new Date());
  const api = createVendorApi({
    vendor: "Notion",
    url: options.url ?? "https://api.notion.com",
    headers: { authorization: `Bearer ${options.token}`, "notion-version": NOTION_VERSION },
    privateHosts: options.privateHosts ?? [],
    intervalMs: INTERVAL_MS,
    resolve: options.resolve,
    sleep: options.sleep,
  });

  /** All of a list that is asked for by POST. */
  async function collect<Item extends z.ZodType>(
    item: Item,
    path: string,
    body: object,
    signal: AbortSignal | undefined,
  ): Promise<z.output<Item>[]> {
    const items: z.output<Item>[] = [];
    for (let cursor: string | undefined, seen = new Set<string>(); ;) {
      const answer = await api.call(listSchema(item), path, {
        body: { ...body, page_size: ITEMS_AT_ONCE, ...(cursor !== undefined && { start_cursor: cursor }) },
        signal,
      });
      items.push(...answer.results);
      if (!answer.has_more || answer.next_cursor === null) return items;
      if (seen.has(answer.next_cursor))
        throw new Error("Notion answers the same part of a list again and again");
      cursor = answer.next_cursor;
      seen.add(cursor);
    }
  }

  async function readBlocks(
    path: string,
    id: string,
    depth: number,
    left: { blocks: number },
    signal: AbortSignal | undefined,
  ): Promise<NotionBlock[]> {
    if (depth > MAX_DEPTH) throw new DocumentUnreadableError(path, "too-complex");
    const blocks: NotionBlock[] = [];
    for (let cursor: string | null | undefined = undefined; cursor !== null;) {
      const query = new URLSearchParams({ page_size: `${ITEMS_AT_ONCE}` });
      if (cursor !== undefined) query.set("start_cursor", cursor);
      const answer: z.output<ReturnType<typeof listSchema<typeof blockSchema>>> = await api.call(
        listSchema(blockSchema),
        `/v1/blocks/${id}/children`,
        { query, signal },
      );
      left.blocks -= answer.results.length;
      if (left.blocks < 0) throw new DocumentUnreadableError(path, "too-complex");
      for (const block of answer.results) {
        if (block.isInTrash) continue;
        // A page in a page is a document of its own. Nothing tells when the original of a copy changes: it is read where it is.
        const isElsewhere = block.type.startsWith("child_") || (block.value.synced_from ?? null) !== null;
        const children =
          block.hasChildren && !isElsewhere ? await readBlocks(path, block.id, depth + 1, left, signal) : [];
        blocks.push({ id: block.id, type: block.type, value: block.value, children });
      }
      cursor = answer.has_more ? answer.next_cursor : null;
    }
    return blocks;
  }

  return {
    name: options.name,
    ...(options.everyMs === undefined ? {} : { everyMs: options.everyMs }),
    settings: NOTION_VERSION,

    async list(signal) {
      const pages = new Map<string, NotionPage>();
      const skipped: SkippedDocument[] = [];
      const listedMs = now().getTime();
      const sort = { direction: "ascending", timestamp: "last_edited_time" };
      for (const found of await collect(foundSchema, "/v1/search", { sort }, signal)) {
        if (found.in_trash) continue;
        if (found.object === "page") pages.set(found.id, found);
        else {
          // A search need not know every row; the data source does.
          const rows = await orMissing(collect(pageSchema, `/v1/data_sources/${found.id}/query`, {}, signal));
          for (const row of rows ?? []) if (!row.in_trash) pages.set(row.id, row);
        }
      }
      const documents = [...pages.values()]
        .map((page) => ({
          path: page.id,
          ...(listedMs - page.last_edited_time.getTime() >= settledAfterMs && { mark: markOf(page) }),
        }))
        .toSorted((one, other) => (one.path < other.path ? -1 : 1));
      return { documents, skipped };
    },

    async read(path, signal) {
      const refuse = (error: unknown): never => {
        if (error instanceof VendorApiError && error.status === 403)
          throw new DocumentUnreadableError(path, "forbidden");
        throw error;
      };
      const page = await orMissing(api.call(pageSchema, `/v1/pages/${path}`, { signal })).catch(refuse);
      if (page === undefined || page.in_trash) throw new DocumentUnreadableError(path, "not-found");
      const blocks = await orMissing(readBlocks(path, path, 0, { blocks: MAX_BLOCKS }, signal)).catch(refuse);
      if (blocks === undefined) throw new DocumentUnreadableError(path, "not-found");
      const text = notionToMarkdown(page, blocks);
      if (text === undefined) throw new DocumentUnreadableError(path, "no-text");
      const bytes = Buffer.from(text, "utf8");
      if (bytes.length > options.maxBytes) throw new DocumentUnreadableError(path, "too-large");
      return { path, bytes, format: "markdown", updatedAt: page.last_edited_time, url: addressOf(page) };
    },
  };
}

/** What formulas and rollups compute changes without the page being edited. */
function markOf({ last_edited_time: changedAt, properties, url }: NotionPage): string {
  const values = createHash("sha256")
    .update(JSON.stringify([properties, url]))
    .digest("hex")
    .slice(0, 16);
  return `${changedAt.toISOString()}.${values}`;
}

/** As Notion says, where it is an address of Notion. */
function addressOf({ id, url }: NotionPage): string {
  const address = URL.parse(url);
  const isNotion = /(?:^|\.)notion\.(?:so|site|com)$/.test(address?.hostname ?? "");
  return address?.protocol === "https:" && isNotion ? address.href : pageAddress(id);
}
