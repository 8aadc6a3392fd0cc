import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "./kube-object.ts";

type Entry = { key: string; object: KubeObject } | { key: string; deletedAt: number };

/** Every write is in the file before it is answered: a killed process loses nothing that it has acknowledged. */
export function openJournal(folder: string | undefined) {
  const objects = new Map<string, KubeObject>();
  let resourceVersion = 1;
  if (folder === undefined) return { objects, resourceVersion, append() {} };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "journal.jsonl");
  if (existsSync(file)) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const entry = readEntry(line);
      if (entry === undefined) continue;
      if ("object" in entry) {
        objects.set(entry.key, entry.object);
        resourceVersion = Math.max(resourceVersion, Number(entry.object.metadata.resourceVersion ?? 0));
      } else {
        objects.delete(entry.key);
        resourceVersion = Math.max(resourceVersion, entry.deletedAt);
      }
    }
  }
  // What was overwritten since is not needed any more. The counter goes on from a line of its own.
  const lines = [...objects].map(([key, object]) => JSON.stringify({ key, object }));
  writeFileSync(
    `${file}.new`,
    `${[JSON.stringify({ key: "", deletedAt: resourceVersion }), ...lines].join("\n")}\n`,
    { mode: 0o600 },
  );
  renameSync(`${file}.new`, file);
  return {
    objects,
    resourceVersion,
    append(entry: Entry): void {
      appendFileSync(file, `${JSON.stringify(entry)}\n`);
    },
  };
}

/** The last line may be cut off by a kill in the middle of its write. */
function readEntry(line: string): Entry | undefined {
  if (line === "") return undefined;
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
