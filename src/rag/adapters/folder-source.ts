import { constants } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import {
  DocumentUnreadableError,
  type DocumentSource,
  type SkipReason,
  type SourceListing,
} from "../ports.ts";
import { pageFormat } from "../page-format.ts";
import { decodeText } from "./decode-text.ts";

const DEFAULT_MAX_BYTES = 2 * 1024 * 1024;

export interface FolderSourceOptions {
  name: string;
  folder: string;
  /** Where the folder's pages are shown: "https://wiki.example.com/docs/" + path. Default: the file's own address. */
  baseUrl?: string;
  audience?: string;
  /** Larger files are skipped. Default 2 MiB. */
  maxBytes?: number;
  /** How long to wait for the last change of several. Default 500 ms. */
  debounceMs?: number;
  /** A folder that cannot be watched any more (too many watches, removed): syncs on demand still work. */
  onWatchError?: (error: unknown) => void;
}

/**
 * The Markdown and text files below a folder. Hidden files, `node_modules` and symbolic links are left out: a link could
 * lead to files that were never meant to be read.
 */
export function createFolderSource(options: FolderSourceOptions): DocumentSource {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(options.name))
    throw new RangeError(
      `a source's name must be 1 to 64 of A-Z a-z 0-9 _ -: ${JSON.stringify(options.name)}`,
    );
  const folder = resolve(options.folder);
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const urlOf = pageAddress(folder, options.baseUrl);

  return {
    name: options.name,
    ...(options.audience === undefined ? {} : { audience: options.audience }),

    async list() {
      if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`);
      return listFolder(folder, maxBytes);
    },

    async read(path) {
      const file = join(folder, path);
      const format = pageFormat(path);
      if (format === undefined) throw new DocumentUnreadableError(path, "not-a-text-format");
      // Neither the file nor a folder above it may have become a link to somewhere else.
      const real = await realpath(file).catch(() => undefined);
      if (real !== join(await realpath(folder), path))
        throw new DocumentUnreadableError(path, "symbolic-link");
      const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const stats = await handle.stat();
        if (stats.size > maxBytes) throw new DocumentUnreadableError(path, "too-large");
        const content = decodeText(await handle.readFile());
        if (content === undefined) throw new DocumentUnreadableError(path, "binary");
        return { path, content, format, updatedAt: stats.mtime, url: urlOf(path) };
      } finally {
        await handle.close();
      }
    },

    async watch(onChange) {
      const { watch } = await import("chokidar");
      let timer: NodeJS.Timeout | undefined;
      const watcher = watch(folder, {
        ignoreInitial: true,
        followSymlinks: false,
        ignored: (path, stats) =>
          (path !== folder && isHidden(basename(path))) ||
          (stats?.isFile() === true && pageFormat(path) === undefined),
      });
      watcher.on("all", () => {
        clearTimeout(timer);
        timer = setTimeout(onChange, options.debounceMs ?? 500);
      });
      watcher.on("error", (error) => options.onWatchError?.(error));
      await new Promise<void>((done) => watcher.once("ready", () => done()));
      return async () => {
        clearTimeout(timer);
        await watcher.close();
      };
    },
  };
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

async function listFolder(folder: string, maxBytes: number): Promise<SourceListing> {
  const documents: { path: string; updatedAt: Date; sizeBytes: number }[] = [];
  const skipped: { path: string; reason: SkipReason }[] = [];
  const pending = [folder];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    const here = current;
    const entries = await readdir(here, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) {
      // Told with a slash: what lies below is not gone, it cannot be seen.
      skipped.push({ path: `${pathOf(folder, here)}/`, reason: "unreadable" });
      continue;
    }
    for (const entry of entries) {
      if (isHidden(entry.name)) continue;
      const file = join(here, entry.name);
      const path = pathOf(folder, file);
      if (entry.isSymbolicLink()) skipped.push({ path, reason: "symbolic-link" });
      else if (entry.isDirectory()) pending.push(file);
      else if (!entry.isFile() || pageFormat(entry.name) === undefined)
        skipped.push({ path, reason: "not-a-text-format" });
      else {
        const stats = await stat(file).catch(() => undefined);
        if (stats === undefined) skipped.push({ path, reason: "unreadable" });
        else if (stats.size > maxBytes) skipped.push({ path, reason: "too-large" });
        else documents.push({ path, updatedAt: stats.mtime, sizeBytes: stats.size });
      }
    }
  }
  documents.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { documents, skipped };
}

function pathOf(folder: string, file: string): string {
  return relative(folder, file).split(sep).join("/");
}

function pageAddress(folder: string, baseUrl: string | undefined): (path: string) => string {
  if (baseUrl === undefined) return (path) => pathToFileURL(join(folder, path)).href;
  const base = new URL(baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
  if (base.protocol !== "https:" && base.protocol !== "http:")
    throw new RangeError(`the base address of documents must begin with https:// or http://: ${baseUrl}`);
  return (path) => base.href + path.split("/").map(encodeURIComponent).join("/");
}
