import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { DEDUPE_HOURS } from "./inbound.ts";

const kind = z.enum(["mention", "message", "command", "button", "form", "home"]);
const entrySchema = z.object({ key: z.string(), kind, payload: z.unknown(), atMs: z.number() });
type Entry = z.infer<typeof entrySchema>;

/** What Slack delivered, as it becomes a row of `inbound`. */
export type InboundDelivery = Pick<Entry, "key" | "kind" | "payload">;

export interface DeliveryJournal {
  /** In the system's hands when it returns: the death of this process does not lose it. Throws when the disk takes nothing. */
  append(delivery: InboundDelivery): void;
  /** It is a row now, and need not be kept here. After the end it is left in the file, where the row's key makes it harmless. */
  settle(key: string): void;
  close(): void;
}

/** Emptied from this size on when nothing is open: doing it each time would cost the next append its block. */
const EMPTY_BYTES = 64 * 1_024;
/** A file that has grown to this is written anew with what is still open. */
const COMPACT_BYTES = 4 * 1_024 * 1_024;

/**
 * What was acknowledged and is not yet a row, one JSON line each, in a file that one process has for itself. Empty most of
 * the time. `leftover` is what an earlier process left there; a line that its death cut short was never acknowledged.
 */
export function openDeliveryJournal(
  file: string,
  now: () => Date = () => new Date(),
): { journal: DeliveryJournal; leftover: readonly InboundDelivery[] } {
  mkdirSync(dirname(file), { recursive: true });
  const leftover = readEntries(file, now().getTime());
  const open = new Map<string, string>(leftover.map((entry) => [entry.key, lineOf(entry)]));
  rewrite();
  let descriptor = openSync(file, "a", 0o600);
  let sizeBytes = total();
  let isClosed = false;

  function total(): number {
    let bytes = 0;
    for (const line of open.values()) bytes += Buffer.byteLength(line);
    return bytes;
  }
  function rewrite(): void {
    writeFileSync(`${file}.new`, [...open.values()].join(""), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  return {
    leftover,
    journal: {
      append({ key, kind: kindOf, payload }) {
        const line = lineOf({ key, kind: kindOf, payload, atMs: now().getTime() });
        sizeBytes += writeSync(descriptor, line);
        open.set(key, line);
      },
      settle(key) {
        if (!open.delete(key) || isClosed) return;
        if (open.size === 0 && sizeBytes > EMPTY_BYTES) {
          ftruncateSync(descriptor, 0);
          sizeBytes = 0;
        } else if (sizeBytes > COMPACT_BYTES) {
          rewrite();
          closeSync(descriptor);
          descriptor = openSync(file, "a", 0o600);
          sizeBytes = total();
        }
      },
      close() {
        isClosed = true;
        closeSync(descriptor);
      },
    },
  };
}

const lineOf = (entry: Entry): string => `${JSON.stringify(entry)}\n`;

/** Older ones are rows for sure, and their rows may be forgotten already: they would be done a second time. */
function readEntries(file: string, nowMs: number): readonly Entry[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return text
    .split("\n")
    .flatMap((line) => {
      try {
        return [entrySchema.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    })
    .filter(({ atMs }) => nowMs - atMs < DEDUPE_HOURS * 3_600_000);
}
