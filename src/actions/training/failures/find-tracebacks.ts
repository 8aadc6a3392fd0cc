import type { CleanLine } from "./read-log-lines.ts";

const FIRST_LINE = "Traceback (most recent call last):";
const MOST_KEPT = 15;
/** What a longer traceback than this holds above is not kept even while it is read. */
const MOST_READ = 400;
/** torchrun's own report that a child of it failed says nothing about why. */
const LAUNCHER = /\b(?:ChildFailedError|ProcessRaisedException|ProcessExitedException|CalledProcessError)\b/;
const EXCEPTION = /^[A-Za-z_][\w.]{0,200}(?:\(\w{1,100}\))?(?::|$)/;

export interface FoundTracebacks {
  tracebacks: readonly Traceback[];
  /** Lines that only quote the program: its files and its source. */
  quoted: ReadonlySet<number>;
}

export interface Traceback {
  /** Where its exception stands. */
  line: number;
  stream: string;
  lines: readonly string[];
  isLaunchers: boolean;
}

/** Python's tracebacks, each to the line of its exception; those of several ranks may be mixed as long as each line says its rank. */
export function findTracebacks(lines: readonly CleanLine[]): FoundTracebacks {
  const tracebacks: Traceback[] = [];
  const quoted = new Set<number>();
  const open = new Map<string, string[]>();
  for (const [line, { stream, text }] of lines.entries()) {
    if (text.endsWith(FIRST_LINE)) {
      open.set(stream, [FIRST_LINE]);
      continue;
    }
    const begun = open.get(stream);
    if (begun === undefined) continue;
    if (/^\s/.test(text)) {
      quoted.add(line);
      // Python 3.11 underlines with "~~~^^^".
      if (!/^[\s~^]+$/.test(text) && begun.length < MOST_READ) begun.push(text);
      continue;
    }
    open.delete(stream);
    if (!EXCEPTION.test(text)) continue;
    tracebacks.push({ line, stream, lines: shortened([...begun, text]), isLaunchers: LAUNCHER.test(text) });
  }
  return { tracebacks, quoted };
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_KEPT) return lines;
  return [FIRST_LINE, "  …", ...lines.slice(lines.length - (MOST_KEPT - 2))];
}
