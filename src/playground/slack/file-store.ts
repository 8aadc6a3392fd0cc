import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { newId, newSecret } from "./new-id.ts";
import type { Persistence, PersistedMap } from "./persistence.ts";
import { app } from "./workspace-seed.ts";
import { compact, type Fields } from "./wire-fields.ts";

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly length: number;
  readonly altText?: string;
  readonly snippetType?: string;
  /** Opaque part of the upload URL; gone once completed. */
  readonly ticket: string;
  readonly state: "expected" | "uploaded" | "completed";
  /** Seconds since 1970. */
  readonly created: number;
  /** Where it was shared: channel -> timestamps. */
  readonly shares: Readonly<Record<string, readonly { ts: string; thread_ts?: string }[]>>;
}

/** Files that the app uploads. The bytes lie in the data folder, or in memory without one. */
export class FileStore {
  readonly #files: PersistedMap<StoredFile>;
  readonly #folder: string | undefined;
  readonly #inMemory = new Map<string, Buffer>();
  readonly #baseUrl: () => string;

  constructor(persistence: Persistence, baseUrl: () => string, dataDir?: string) {
    this.#files = persistence.map<StoredFile>("files");
    this.#baseUrl = baseUrl;
    this.#folder = dataDir === undefined ? undefined : join(dataDir, "files");
    if (this.#folder !== undefined) mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  expect(file: Pick<StoredFile, "name" | "length" | "altText" | "snippetType">, nowMs: number): StoredFile {
    const expected: StoredFile = {
      ...file,
      id: newId("F"),
      title: file.name,
      ticket: newSecret(),
      state: "expected",
      created: Math.floor(nowMs / 1_000),
      shares: {},
    };
    this.#files.set(expected.id, expected);
    return expected;
  }

  get(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  findByTicket(ticket: string): StoredFile | undefined {
    return this.#files.values().find((file) => file.ticket === ticket);
  }

  put(file: StoredFile): StoredFile {
    this.#files.set(file.id, file);
    return file;
  }

  writeBytes(file: StoredFile, bytes: Buffer): void {
    if (this.#folder === undefined) this.#inMemory.set(file.id, bytes);
    else {
      const path = join(this.#folder, basename(file.id));
      writeFileSync(`${path}.next`, bytes, { mode: 0o600 });
      renameSync(`${path}.next`, path);
    }
    this.put({ ...file, state: "uploaded" });
  }

  readBytes(file: StoredFile): Buffer | undefined {
    if (file.state === "expected") return undefined;
    return this.#folder === undefined
      ? this.#inMemory.get(file.id)
      : readFileSync(join(this.#folder, basename(file.id)));
  }

  uploadUrl(file: StoredFile): string {
    return `${this.#baseUrl()}/upload/v1/${file.ticket}`;
  }

  /** Slack's file object; undefined for an unknown id. */
  render(id: string): Fields | undefined {
    const file = this.get(id);
    if (!file) return undefined;
    const url = `${this.#baseUrl()}/files-pri/${file.id}/${encodeURIComponent(file.name)}`;
    const channels = Object.keys(file.shares);
    return compact({
      id: file.id,
      created: file.created,
      timestamp: file.created,
      name: file.name,
      title: file.title,
      mimetype: mimeType(file.name),
      filetype: file.snippetType ?? extension(file.name),
      pretty_type: extension(file.name).toUpperCase(),
      user: app.botUserId,
      mode: file.snippetType === undefined ? "hosted" : "snippet",
      editable: file.snippetType !== undefined,
      size: file.length,
      is_external: false,
      is_public: channels.some((channel) => channel.startsWith("C")),
      alt_txt: file.altText,
      url_private: url,
      url_private_download: url,
      permalink: url,
      channels: channels.filter((channel) => channel.startsWith("C")),
      groups: [],
      ims: channels.filter((channel) => channel.startsWith("D")),
      shares: { public: file.shares },
    });
  }
}

const mimeTypes: Readonly<Record<string, string | undefined>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  txt: "text/plain",
  log: "text/plain",
  md: "text/plain",
  csv: "text/csv",
  json: "application/json",
  yaml: "text/plain",
  yml: "text/plain",
  pdf: "application/pdf",
};

/** Type by the file's ending; never one that a browser would run. */
export function mimeType(name: string): string {
  return mimeTypes[extension(name)] ?? "application/octet-stream";
}

function extension(name: string): string {
  return /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? "binary";
}
