import { constants, type BigIntStats } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import {
  checkSourceName,
  DocumentUnreadableError,
  type DocumentSource,
  type ListedDocument,
  type SkippedDocument,
  type SourceListing,
} from "../document-source.ts";
import { isTooLarge, pageFormat, type SizeLimits } from "../page-format.ts";

const DEFAULT_LIMITS: SizeLimits = { text: 2 * 1024 * 1024, document: 50 * 1024 * 1024 };
/** A file may change again within the same tick of its file system's clock: what is so young is read again next time. */
const SETTLED_AFTER_MS = 2_000;
const STATS_AT_ONCE = 256;

export interface FolderSourceOptions {
  name: string;
  folder: string;
  /** Where the folder's pages are shown: "https://wiki.example.com/docs/" + path. Default: the file's own address. */
  baseUrl?: string;
  everyMs?: number | undefined;
  /** Larger files are skipped. Default 2 MiB of text, 50 MiB of what text is taken out of. */
  limits?: SizeLimits;
  /** How long to wait for the last change of several. Default 500 ms. */
  debounceMs?: number;
  /** How long after its last change a file's times are trusted. Default 2 s. */
  settledAfterMs?: number;
  /** A folder that cannot be watched any more (too many watches, removed): syncs on demand still work. */
  onWatchError?: (error: unknown) => void;
}

/**
 * The pages below a folder. Hidden files, `node_modules` and symbolic links are left out: a link could
 * lead to files that were never meant to be read.
 */
export function createFolderSource(options: FolderSourceOptions): DocumentSource {
  checkSourceName(options.name);
  const folder = resolve(options.folder);
  const limits = options.limits ?? DEFAULT_LIMITS;
  const urlOf = pageAddress(folder, options.baseUrl);

  return {
    name: options.name,
    ...(options.everyMs === undefined ? {} : { everyMs: options.everyMs }),
    settings: urlOf(""),

    async list(signal) {
      if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`);
      return listFolder(folder, limits, options.settledAfterMs ?? SETTLED_AFTER_MS, signal);
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
        if (isTooLarge(path, stats.size, limits)) throw new DocumentUnreadableError(path, "too-large");
        return { path, bytes: await handle.readFile(), format, updatedAt: stats.mtime, url: urlOf(path) };
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

async function listFolder(
  folder: string,
  limits: SizeLimits,
  settledAfterMs: number,
  signal: AbortSignal | undefined,
): Promise<SourceListing> {
  const documents: ListedDocument[] = [];
  const skipped: SkippedDocument[] = [];
  const pending = [folder];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    signal?.throwIfAborted();
    const here = current;
    const entries = await readdir(here, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) {
      // Told with a slash: what lies below is not gone, it cannot be seen.
      skipped.push({ path: `${pathOf(folder, here)}/`, reason: "unreadable" });
      continue;
    }
    const files: string[] = [];
    for (const entry of entries) {
      if (isHidden(entry.name)) continue;
      const file = join(here, entry.name);
      const path = pathOf(folder, file);
      if (entry.isSymbolicLink()) skipped.push({ path, reason: "symbolic-link" });
      else if (entry.isDirectory()) pending.push(file);
      else if (!entry.isFile() || pageFormat(entry.name) === undefined)
        skipped.push({ path, reason: "not-a-text-format" });
      else files.push(file);
    }
    for (let start = 0; start < files.length; start += STATS_AT_ONCE) {
      const some = files.slice(start, start + STATS_AT_ONCE);
      const looks = await Promise.all(
        some.map((file) => stat(file, { bigint: true }).catch(() => undefined)),
      );
      for (const [position, stats] of looks.entries()) {
        const path = pathOf(folder, some[position] ?? "");
        if (stats === undefined) skipped.push({ path, reason: "unreadable" });
        else if (isTooLarge(path, Number(stats.size), limits)) skipped.push({ path, reason: "too-large" });
        else documents.push({ path, ...markOf(stats, settledAfterMs) });
      }
    }
  }
  documents.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { documents, skipped };
}

/** Nobody can set a file's time of change; its time of writing alone could be set back. */
function markOf(stats: BigIntStats, settledAfterMs: number): { mark?: string } {
  const changedMs = Number(stats.ctimeMs > stats.mtimeMs ? stats.ctimeMs : stats.mtimeMs);
  if (Date.now() - changedMs < settledAfterMs) return {};
  return { mark: [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(".") };
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
