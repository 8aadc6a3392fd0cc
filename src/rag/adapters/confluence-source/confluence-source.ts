import type { LookupAddress } from "node:dns";
import {
  checkSourceName,
  DocumentUnreadableError,
  type DocumentSource,
  type ListedDocument,
  type SkippedDocument,
} from "../../document-source.ts";
import type { ConfluencePageText } from "../convert/confluence-page.ts";
import { createVendorApi, VendorApiError, type VendorApiOptions } from "../vendor-api/create-vendor-api.ts";
import { createCloudApi } from "./cloud-api.ts";
import type { ConfluencePage } from "./confluence-pages.ts";
import { createDataCenterApi } from "./data-center-api.ts";
import { createPageReaders, type ReaderNames } from "./page-readers.ts";

export interface ConfluenceSourceOptions {
  name: string;
  /** Of the wiki: "https://team.atlassian.net/wiki", "https://wiki.example.com/confluence". */
  url: string;
  /** Where people open it; default `url`. */
  link?: string | undefined;
  /** Of the account whose API token it is, for Confluence Cloud; without it the token is a personal access token of Data Center. */
  email?: string | undefined;
  token: string;
  /** Keys of the spaces that are read. */
  spaces: readonly string[];
  /** Names of hosts that may be at a private address. */
  privateHosts?: readonly string[];
  readers: ReaderNames;
  maxBytes: number;
  everyMs?: number | undefined;
  /** For tests. */
  resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  sleep?: VendorApiOptions["sleep"];
}

/**
 * The pages of some spaces of Confluence, of Cloud or Data Center. A page's path is its space and its id, its mark the version.
 * Who may see it is asked at every listing: a new restriction is no new version.
 */
export function createConfluenceSource(options: ConfluenceSourceOptions): DocumentSource {
  checkSourceName(options.name);
  const { email, token } = options;
  const link = (options.link ?? options.url).replace(/\/+$/, "");
  const vendorApi = createVendorApi({
    vendor: "Confluence",
    url: options.url,
    headers: {
      authorization:
        email === undefined
          ? `Bearer ${token}`
          : `Basic ${Buffer.from(`${email}:${token}`, "utf8").toString("base64")}`,
    },
    privateHosts: options.privateHosts ?? [],
    resolve: options.resolve,
    sleep: options.sleep,
  });
  const api = email === undefined ? createDataCenterApi(vendorApi) : createCloudApi(vendorApi);
  const anchors = email === undefined ? "data-center" : "cloud";

  return {
    name: options.name,
    ...(options.everyMs === undefined ? {} : { everyMs: options.everyMs }),
    settings: JSON.stringify([link, anchors]),

    async list(signal) {
      const documents: ListedDocument[] = [];
      const skipped: SkippedDocument[] = [];
      const pages = new Map<string, ConfluencePage & { path: string }>();
      for (const key of options.spaces) {
        const listed = await api.listSpace(key, signal);
        if (listed === undefined) skipped.push({ path: `${key}/`, reason: "not-found" });
        for (const page of listed ?? []) pages.set(page.id, { ...page, path: `${key}/${page.id}` });
      }
      const readersOf = createPageReaders(api, pages, options.readers, signal);
      for (const page of pages.values()) {
        signal?.throwIfAborted();
        const levels = await readersOf(page);
        if (levels === "unknown") {
          skipped.push({ path: page.path, reason: "forbidden" });
          continue;
        }
        documents.push({
          path: page.path,
          mark: JSON.stringify([page.version, page.title, page.webui]),
          ...(levels.length > 0 && { readers: { allOf: levels } }),
        });
      }
      return { documents, skipped };
    },

    async read(path, signal) {
      const id = /\/(\d+)$/.exec(path)?.[1];
      if (id === undefined) throw new DocumentUnreadableError(path, "not-found");
      const page = await api.readPage(id, signal).catch((error: unknown) => {
        if (error instanceof VendorApiError && error.status === 403)
          throw new DocumentUnreadableError(path, "forbidden");
        throw error;
      });
      if (page === undefined) throw new DocumentUnreadableError(path, "not-found");
      const text: ConfluencePageText = { title: page.title, anchors, storage: page.storage };
      const bytes = Buffer.from(JSON.stringify(text), "utf8");
      if (bytes.length > options.maxBytes) throw new DocumentUnreadableError(path, "too-large");
      return {
        path,
        bytes,
        format: "confluence",
        updatedAt: page.changedAt,
        url: `${link}${page.webui}`,
      };
    },
  };
}
