/** A question is searched as it is up to this length, or as long as it has no more lines than this. */
const SHORT_CHARACTERS = 400;
const SHORT_LINES = 5;
const MAX_TELLING_LINES = 8;
const MAX_PROSE_CHARACTERS = 300;
const MAX_LINE_CHARACTERS = 200;
const MAX_READ_CHARACTERS = 1_000;

/** "torch.OutOfMemoryError: CUDA out of memory", the last line of a traceback; lines of logs that say what went wrong. */
const EXCEPTION = /^\s*(?:[\w.]+(?:Error|Exception|Interrupt|Exit|Failure))\b\s*:?/;
const TROUBLE =
  /\b(?:error|fatal|panic|failed|failure|denied|forbidden|refused|timed? ?out|exceeded|unable to|cannot|not found|no such|out of memory|killed|evicted|back-?off|unhealthy|insufficient)\b/i;
/** Of `kubectl describe`: a field that says why, and events of the type Warning. */
const REASON =
  /^\s*(?:Reason|Message|Exit Code|Status):\s+(?!Running\b|Completed\b|True\b|False\b)(?<value>\S.*)$/i;
const WARNING =
  /^\s*Warning\s+(?<reason>\S+)\s+(?:\S+\s+)*?(?:\(x\d+[^)]*\)\s+)?(?<source>[a-z][\w-]+(?:,\s\S+)?)\s{2,}(?<message>.+)$/;
const FRAME = /^\s*(?:File ".*", line \d+|at \S+\(|#\d+\s|\^+\s*$|goroutine \d+)/;
/** Ids, hashes, addresses, times and numbers: of this one case, on no page. */
const VOLATILE =
  /\b(?:[0-9a-f]{7,}(?:-[0-9a-f]+)*|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|0x[0-9a-f]+|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\S*|\d+(?:\.\d+)?(?:s|m|h|d|ms|MiB|GiB|Mi|Gi|%)?)\b/gi;

/**
 * What is searched for where somebody pastes a stack trace, a log or `kubectl describe`: their own sentences, and the lines that
 * say what went wrong, word for word and without what belongs to this one case. Anything shorter stays as it is.
 */
export function focusQuestion(text: string): string {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const full = lines
    .filter((line) => line.trim() !== "" && !/^\s*```/.test(line))
    .map((line) => line.slice(0, MAX_READ_CHARACTERS));
  if (text.length <= SHORT_CHARACTERS || full.length <= SHORT_LINES) return text;
  const telling = [...new Set(full.flatMap(tellingPart))];
  if (telling.length === 0) return text;
  // The end of a trace says what broke, its beginning how it came there.
  return [...proseOf(full), ...telling.slice(-MAX_TELLING_LINES)].join("\n");
}

function tellingPart(line: string): string[] {
  if (FRAME.test(line)) return [];
  const warning = WARNING.exec(line)?.groups;
  const said =
    warning !== undefined
      ? `${warning["reason"]} ${warning["message"]}`
      : (REASON.exec(line)?.groups?.["value"] ?? (EXCEPTION.test(line) || TROUBLE.test(line) ? line : ""));
  const kept = said.replace(VOLATILE, " ").replace(/\s+/g, " ").trim();
  return kept === "" ? [] : [kept.slice(0, MAX_LINE_CHARACTERS)];
}

/** What was written around the paste: a question, or whole sentences at its beginning or end. */
function proseOf(lines: readonly string[]): string[] {
  const ends = [...lines.slice(0, 2), ...lines.slice(-1)];
  return ends
    .filter((line) => /[?？]\s*$/.test(line) || /(?:요|까|죠|나)[.!]?\s*$/.test(line))
    .map((line) => line.slice(0, MAX_PROSE_CHARACTERS));
}
