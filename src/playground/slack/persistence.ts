import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isFields, parseJson } from "./wire-fields.ts";

/** A map that survives a restart. A value that was changed in place must be `set` again. */
export interface PersistedMap<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  values(): Value[];
  entries(): [string, Value][];
}

/** Where the workspace lives: every change is one line in a journal, written before the change is answered. */
export interface Persistence {
  /** The map of that name; the caller vouches for the type of what it stored there. */
  map<Value>(name: string): PersistedMap<Value>;
  close(): void;
}

const fileName = "workspace.journal";
const compactAfterBytes = 32 * 1024 * 1024;

/**
 * Opens the journal in `dataDir`, or one in memory without it. A write reaches the operating system before `set` returns,
 * so a killed process loses nothing; a line torn by a power cut is dropped when it is read again.
 */
export function openPersistence(dataDir?: string): Persistence {
  const maps = new Map<string, Map<string, unknown>>();
  const file = dataDir === undefined ? undefined : openJournalFile(dataDir, maps);
  return {
    map: <Value>(name: string) => persistedMap<Value>(name, mapOf(maps, name), (line) => file?.append(line)),
    close: () => file?.close(),
  };
}

function persistedMap<Value>(
  name: string,
  entries: Map<string, unknown>,
  append: (line: string) => void,
): PersistedMap<Value> {
  return {
    get: (key) => entries.get(key) as Value | undefined,
    set: (key, value) => {
      // Written first: what cannot be written must not be in memory either.
      append(journalLine(name, key, value));
      entries.set(key, value);
    },
    delete: (key) => {
      if (entries.delete(key)) append(journalLine(name, key, null));
    },
    values: () => [...entries.values()] as Value[],
    entries: () => [...entries.entries()] as [string, Value][],
  };
}

function mapOf(maps: Map<string, Map<string, unknown>>, name: string): Map<string, unknown> {
  const known = maps.get(name);
  if (known) return known;
  const created = new Map<string, unknown>();
  maps.set(name, created);
  return created;
}

function journalLine(map: string, key: string, value: unknown): string {
  return `${JSON.stringify({ map, key, value })}\n`;
}

function openJournalFile(dataDir: string, maps: Map<string, Map<string, unknown>>) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, fileName);
  replay(readIfThere(path), maps);
  let descriptor = writeSnapshot(path, maps);
  let bytes = 0;
  let isClosed = false;
  return {
    append: (line: string) => {
      // What arrives while the server ends was never answered, so nobody counts on it.
      if (isClosed) return;
      writeSync(descriptor, line);
      bytes += line.length;
      if (bytes < compactAfterBytes) return;
      closeSync(descriptor);
      descriptor = writeSnapshot(path, maps);
      bytes = 0;
    },
    close: () => {
      isClosed = true;
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isFields(error) && error["code"] === "ENOENT") return "";
    throw error;
  }
}

function replay(journal: string, maps: Map<string, Map<string, unknown>>): void {
  for (const line of journal.split("\n")) {
    const entry = parseJson(line);
    if (!isFields(entry) || typeof entry["map"] !== "string" || typeof entry["key"] !== "string") continue;
    const entries = mapOf(maps, entry["map"]);
    if (entry["value"] === null || entry["value"] === undefined) entries.delete(entry["key"]);
    else entries.set(entry["key"], entry["value"]);
  }
}

/** Writes all live entries to a new file, swaps it in, and returns its descriptor, ready to append. */
function writeSnapshot(path: string, maps: Map<string, Map<string, unknown>>): number {
  const next = `${path}.next`;
  const descriptor = openSync(next, "w", 0o600);
  for (const [name, entries] of maps) {
    for (const [key, value] of entries) writeSync(descriptor, journalLine(name, key, value));
  }
  fsyncSync(descriptor);
  renameSync(next, path);
  return descriptor;
}
