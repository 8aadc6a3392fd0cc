/**
 * "step 812/4100", or an unlabelled bar such as " 20%|██ | 812/4100 [" as training scripts print them; the last one counts.
 * A bar with a label ("Loading checkpoint shards: 100%|…") is about something else than training.
 */
export function readProgress(lines: readonly string[]): number | undefined {
  for (const line of lines.toReversed()) {
    const match =
      /^(?:\s*\d{1,3}%\|[^|]{0,200}\|\s*|.*\bstep\s+|\s*)(\d{1,9})\s?\/\s?(\d{1,9})(?:[\s,[:]|$)/i.exec(
        line.slice(0, 2_000),
      );
    if (match === null) continue;
    const total = Number(match[2]);
    if (total > 0) return Math.min(1, Number(match[1]) / total);
  }
  return undefined;
}
