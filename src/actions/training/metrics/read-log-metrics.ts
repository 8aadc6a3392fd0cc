import type { LogLine } from "../engine-ports.ts";
import { readLogLines, type CleanLine } from "../failures/read-log-lines.ts";
import { readStep } from "../failures/read-training-steps.ts";

/** What a training prints about itself. */
export interface LogMetrics {
  /** Rising steps; what was printed before a restart from an earlier step is not in it. */
  loss: readonly StepValue[];
  evalLoss: readonly StepValue[];
  /** The newest, also where no step stands beside it. */
  lastLoss?: number;
  learningRate?: number;
  tokensPerSecond?: number;
  /** Page of the run in W&B, only on an allowed host. */
  wandbUrl?: string;
}
export interface StepValue {
  step: number;
  value: number;
}

const READ_LENGTH = 1_000;
/** transformers prints a dict, newer ones with quoted numbers; others `name value`, `name: value` or `name=value`. */
const BEFORE_VALUE = `['"]?\\s{0,3}[:=]?\\s{0,3}[['"]{0,2}`;
const NUMBER = `(-?\\d{1,15}(?:\\.\\d{1,20})?(?:[eE][+-]?\\d{1,3})?)(?![\\w.])`;
const EVAL_LOSS = new RegExp(
  `(?<![\\w])(?:eval|val|valid|validation)[\\s_/-]{1,2}loss${BEFORE_VALUE}${NUMBER}`,
  "i",
);
const LOSS = new RegExp(
  `(?<![\\w/-])(?<!(?:eval|val|valid|validation|test)\\s)(?:lm[ _]|train[_/])?loss${BEFORE_VALUE}${NUMBER}`,
  "i",
);
const LEARNING_RATE = new RegExp(`(?<![\\w])(?:learning[ _]rate|lr)${BEFORE_VALUE}${NUMBER}`, "i");
const RATE_BEHIND = /(?<![\w.])(\d{1,12}(?:\.\d{1,6})?)\s?([kKM]?)\s?tok(?:en)?s?\/s(?:ec)?\b/;
const RATE_BEFORE =
  /(?<![\w])tok(?:en)?s?(?:\/s(?:ec(?:ond)?)?|[_ ]per[_ ]sec(?:ond)?)['"]?\s{0,3}[:=]?\s{0,3}['"]?(\d{1,12}(?:\.\d{1,6})?)\s?([kKM]?)(?![\w.])/i;
const WANDB = /^wandb: .{0,8}View run (?:.{0,200} )?at:? (https?:\/\/\S{1,500})/u;

/** Loss, learning rate and tokens a second from the last lines of a run, of the pod that was started last and prints them. */
export function readLogMetrics(lines: readonly LogLine[], wandbHosts: readonly string[]): LogMetrics {
  const streams = new Map<string, CleanLine[]>();
  for (const line of readLogLines(lines)) {
    // Every rank prints the same.
    if ((line.rank ?? 0) > 0) continue;
    const stream = streams.get(line.pod) ?? [];
    stream.push(line);
    streams.set(line.pod, stream);
  }
  const read = [...streams.values()].map((stream) => readStream(stream));
  const chosen = read.findLast(({ lastLoss }) => lastLoss !== undefined) ?? { loss: [], evalLoss: [] };
  const wandbUrl = [...streams.values()]
    .flat()
    .map(({ text }) => allowedUrl(WANDB.exec(text)?.[1], wandbHosts))
    .findLast((url) => url !== undefined);
  return { ...chosen, ...(wandbUrl !== undefined && { wandbUrl }) };
}

function readStream(lines: readonly CleanLine[]): LogMetrics {
  const loss: StepValue[] = [];
  const evalLoss: StepValue[] = [];
  const last: Pick<LogMetrics, "lastLoss" | "learningRate" | "tokensPerSecond"> = {};
  let step: number | undefined;
  let total = 0;
  for (const { text: whole } of lines) {
    const text = whole.slice(0, READ_LENGTH);
    const seen = readStep(text);
    // An evaluation has a bar of its own, with fewer steps.
    if (seen !== undefined && (seen.total ?? total) >= total) {
      step = seen.step;
      total = seen.total ?? total;
    }
    // The summary at the end tells of the whole run.
    if (text.includes("train_runtime")) continue;
    const evaluated = numberOf(EVAL_LOSS, text);
    if (evaluated !== undefined && step !== undefined) put(evalLoss, step, evaluated);
    const value = numberOf(LOSS, text);
    if (value === undefined) continue;
    last.lastLoss = value;
    if (step !== undefined) put(loss, step, value);
    const learningRate = numberOf(LEARNING_RATE, text);
    if (learningRate !== undefined) last.learningRate = learningRate;
    const rate = RATE_BEHIND.exec(text) ?? RATE_BEFORE.exec(text);
    if (rate !== null)
      last.tokensPerSecond = Number(rate[1]) * ({ k: 1e3, K: 1e3, M: 1e6 }[rate[2] ?? ""] ?? 1);
  }
  return { loss, evalLoss, ...last };
}

/** A step that was printed again, after a restart, takes what came after it along. */
function put(points: StepValue[], step: number, value: number): void {
  while ((points.at(-1)?.step ?? -1) >= step) points.pop();
  points.push({ step, value });
}

function numberOf(pattern: RegExp, text: string): number | undefined {
  const match = pattern.exec(text);
  const value = match === null ? NaN : Number(match[1]);
  return Number.isFinite(value) ? value : undefined;
}

/** The log is written by others: only an address of an allowed host, without a name or password in it, becomes a link. */
function allowedUrl(text: string | undefined, hosts: readonly string[]): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!hosts.includes(url.host) || url.username !== "" || url.password !== "") return undefined;
  return /[<>|"\s]/.test(url.href) ? undefined : url.href;
}
