import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Journal, JournalRecord, StoredState } from "./object-store.ts";
import { objectKey } from "./object-store.ts";
import { readFileIfThere, writeFileAtomically } from "./atomic-file.ts";

const SNAPSHOT_AFTER_RECORDS = 5_000;

export interface JournalFile extends Journal {
  readonly initial: StoredState | undefined;
  /** Writes a snapshot and empties the journal. */
  compact(state: StoredState): void;
  close(): void;
}

/**
 * Every write is appended to `<base>.journal` before it is acknowledged, so it survives kill -9 of the process;
 * now and then all of it is put into `<base>.snapshot`. A torn last line (the write that was not acknowledged) is cut off;
 * damage anywhere else is an error that names the file.
 */
export function openJournalFile(basePath: string): JournalFile {
  mkdirSync(dirname(basePath), { recursive: true, mode: 0o700 });
  const snapshotPath = `${basePath}.snapshot.json`;
  const journalPath = `${basePath}.journal.ndjson`;
  const snapshot = readSnapshot(snapshotPath);
  const { records, intactBytes } = readJournal(journalPath);
  const initial = replay(snapshot, records);
  const descriptor = openSync(journalPath, "a", 0o600);
  ftruncateSync(descriptor, intactBytes);
  let recordCount = records.length;
  let size = intactBytes;

  const compact = (state: StoredState): void => {
    writeFileAtomically(snapshotPath, JSON.stringify({ version: 1, ...state }));
    ftruncateSync(descriptor, 0);
    recordCount = 0;
    size = 0;
  };

  return {
    initial,
    append(record, state) {
      // Before the new record: the snapshot must hold only what is committed.
      if (recordCount >= SNAPSHOT_AFTER_RECORDS) compact(state());
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      let written = 0;
      try {
        while (written < line.length) written += writeSync(descriptor, line, written);
      } catch (error) {
        // Half a record would make the next one unreadable.
        ftruncateSync(descriptor, size);
        throw error;
      }
      size += line.length;
      recordCount += 1;
    },
    compact,
    close: () => closeSync(descriptor),
  };
}

function readSnapshot(path: string): StoredState | undefined {
  const text = readFileIfThere(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as StoredState;
  } catch (error) {
    throw new Error(`The simulated cluster's snapshot ${path} is damaged; move it away to start afresh`, {
      cause: error,
    });
  }
}

function readJournal(path: string): { records: JournalRecord[]; intactBytes: number } {
  if (readFileIfThere(path) === undefined) return { records: [], intactBytes: 0 };
  const bytes = readFileSync(path);
  const intactBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, intactBytes).toString("utf8").split("\n").slice(0, -1);
  const records = lines.map((line, index) => {
    try {
      return JSON.parse(line) as JournalRecord;
    } catch (error) {
      throw new Error(
        `Line ${index + 1} of the simulated cluster's journal ${path} is damaged; move it away to start afresh`,
        { cause: error },
      );
    }
  });
  return { records, intactBytes };
}

function replay(
  snapshot: StoredState | undefined,
  records: readonly JournalRecord[],
): StoredState | undefined {
  if (!snapshot && records.length === 0) return undefined;
  const objects = new Map(
    (snapshot?.objects ?? []).map((entry) => [
      `${entry.resource} ${objectKey(entry.object.metadata.namespace, entry.object.metadata.name)}`,
      entry,
    ]),
  );
  let resourceVersion = snapshot?.resourceVersion ?? 1;
  for (const record of records) {
    // The process may have died between the snapshot and the emptying of the journal.
    if (record.resourceVersion <= resourceVersion) continue;
    resourceVersion = record.resourceVersion;
    const key = `${record.resource} ${record.key}`;
    if (record.object) objects.set(key, { resource: record.resource, object: record.object });
    else objects.delete(key);
  }
  return { resourceVersion, objects: [...objects.values()] };
}
