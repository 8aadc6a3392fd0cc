import { basename } from "node:path";
import type { ListedDocument, SkippedDocument } from "../../document-source.ts";
import { isTooLarge, pageFormat, type SizeLimits } from "../../page-format.ts";

export interface ListedBlob extends ListedDocument {
  /** The object's id: the same content has the same. */
  mark: string;
}

/** Reads `git ls-tree -r -z --long`: `<mode> <type> <object> <size>\t<path>\0`. Hidden files are left out without a word. */
export function readTree(
  output: string,
  limits: SizeLimits,
): { documents: readonly ListedBlob[]; skipped: readonly SkippedDocument[] } {
  const documents: ListedBlob[] = [];
  const skipped: SkippedDocument[] = [];
  for (const entry of output.split("\0")) {
    const match =
      /^(?<mode>\d{6}) (?<type>\w+) (?<object>[0-9a-f]{40,64}) +(?<size>\d+|-)\t(?<path>[\s\S]+)$/.exec(
        entry,
      );
    const { mode, type, object = "", size, path = "" } = match?.groups ?? {};
    if (match === null || path.split("/").some(isHidden)) continue;
    if (mode === "120000") skipped.push({ path, reason: "symbolic-link" });
    else if (type !== "blob" || pageFormat(basename(path)) === undefined)
      skipped.push({ path, reason: "not-a-text-format" });
    else if (isTooLarge(path, Number(size), limits)) skipped.push({ path, reason: "too-large" });
    else documents.push({ path, mark: object });
  }
  return { documents, skipped };
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

/** Reads `git log -z --format=%x01%ct --name-only`, newest first: when each path was last changed. */
export function readLastChanges(output: string): Map<string, Date> {
  const changes = new Map<string, Date>();
  for (const commit of output.split("\u0001").slice(1)) {
    const [seconds = "", ...paths] = commit.split("\0").map((part) => part.replace(/^\n+/, ""));
    const at = new Date(Number(seconds.trim()) * 1_000);
    for (const path of paths) if (path !== "" && !changes.has(path)) changes.set(path, at);
  }
  return changes;
}
