import type { LogLine } from "../engine-ports.ts";

const MOST_LINES = 5_000;
const LONGEST_LINE = 2_000;
/** Of one line that a progress bar has overwritten again and again: the last states of it. */
const MOST_OVERWRITTEN = 4;

export interface CleanLine {
  pod: string;
  /** Of torch.distributed, where the line says it. */
  rank?: number;
  /** Lines of one pod and rank: one process, as far as can be seen. */
  stream: string;
  /** Without colours, time, level and rank. Indentation is kept. */
  text: string;
}

/** Colours, cursor movements and titles of a terminal. */
// oxlint-disable-next-line no-control-regex
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g;
/** Controls, formats (bidi, zero width, tags), separators of lines, halves of characters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
/** Neither plain ASCII, Hangul nor the blocks of a bar. */
const NEEDS_CLEANING = /[^\u0020-\u007E\uAC00-\uD7A3\u2580-\u259F]/;
/** A bar leaves the cursor behind it, so that what is printed next stands on its line. */
const BAR = /\d{1,9}\/\d{1,9} \[[^\]]{0,100}\]/;

/** What a line begins with and what says nothing about the failure; one rank's number is kept. */
const PREFIXES: readonly RegExp[] = [
  /^\[?(?:default|rank|Rank)[ _]?(?<rank>\d{1,6})\]?:\s?/,
  /^\[Rank (?<rank>\d{1,6})\]\s/,
  // Ray: "(RayTrainWorker pid=4242, ip=10.0.3.7) ".
  /^\([\w.:<>-]{1,80} pid=\d{1,9}(?:, ip=[\d.]{1,40})?\)\s?/,
  /^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?(?:\s?[|-])?\s?/,
  /^\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]\s?/,
  // glog: "E1125 02:11:09.123000 140 torch/distributed/run.py:874] "; PyTorch: "[E ProcessGroupNCCL.cpp:475] ".
  /^\[?[EFIW]\d{4} \d\d:\d\d:\d\d\.\d{1,9}(?: {1,4}\d{1,9})?(?: [\w./<>-]{1,200}:\d{1,6})?\]\s?/,
  /^\[[EFIW] [\w.]{1,80}:\d{1,6}\]\s?/,
  // transformers: "[ERROR|trainer.py:812] "; DeepSpeed: "[ERROR] [engine.py:812:step] ".
  /^\[\w{1,20}\|[\w./-]{1,100}:\d{1,6}\]\s?(?:>>\s)?/,
  /^\[[\w.]{1,80}:\d{1,6}:\w{1,80}\]\s?/,
  /^>>\s/,
  /^[A-Za-z_][\w.]{0,80} - (?=(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) - )/,
  /^\[?(?:DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)\]?(?:\s?[:|-]\s?|\s)/,
];
const MOST_PREFIXES = 5;

/** The last lines, ready to be read: without what a terminal would hide, and never more than 5,000 x 2,000 characters of input. */
export function readLogLines(lines: readonly LogLine[]): CleanLine[] {
  return lines
    .slice(-MOST_LINES)
    .flatMap(({ pod, text }) => splitLine(text).map((part) => cleanLine(pod, part)))
    .filter(({ text }) => text !== "");
}

function splitLine(text: string): string[] {
  if (!text.includes("\r") && !text.includes("\n")) return splitAfterBar(text.slice(0, LONGEST_LINE));
  return text
    .slice(-LONGEST_LINE)
    .split(/[\r\n]+/)
    .slice(-MOST_OVERWRITTEN)
    .flatMap(splitAfterBar);
}

function splitAfterBar(text: string): string[] {
  if (!text.includes("]") || !text.includes("%|")) return [text];
  const bar = BAR.exec(text);
  if (bar === null) return [text];
  const end = bar.index + bar[0].length;
  return end === text.length ? [text] : [text.slice(0, end), text.slice(end)];
}

function cleanLine(pod: string, raw: string): CleanLine {
  let text = stripHidden(raw).trimEnd();
  let rank: number | undefined;
  for (let count = 0; count < MOST_PREFIXES; count += 1) {
    const match = firstPrefix(text);
    if (match === undefined) break;
    rank ??= match.groups?.["rank"] === undefined ? undefined : Number(match.groups["rank"]);
    text = text.slice(match[0].length);
  }
  return { pod, stream: `${pod}\n${rank ?? ""}`, text, ...(rank !== undefined && { rank }) };
}

function firstPrefix(text: string): RegExpExecArray | undefined {
  for (const prefix of PREFIXES) {
    const match = prefix.exec(text);
    if (match !== null) return match;
  }
  return undefined;
}

export function stripHidden(text: string): string {
  if (!NEEDS_CLEANING.test(text)) return text;
  return text.replace(ESCAPES, "").replaceAll("\t", "    ").replace(HIDDEN, "");
}
