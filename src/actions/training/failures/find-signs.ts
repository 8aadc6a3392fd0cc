import { maskSecrets } from "./mask-secrets.ts";
import type { CleanLine } from "./read-log-lines.ts";
import type { SeenStep } from "./read-training-steps.ts";
import { FAILURE_RULES } from "./failure-rules.ts";
import type { FailureRule, Sign } from "./rules/failure-rule.ts";

/** Training that has printed so many different steps afterwards has got over it; one may be another rank's, under way already. */
const STEPS_AFTERWARDS = 2;
/** A line says what it is at its beginning; beyond stand numbers, addresses and data. */
const READ_LENGTH = 400;
/** Of a log that is full of trouble, where it began and how it ended. */
const FIRST_LOOKED_AT = 300;
const LAST_LOOKED_AT = 700;

export interface FoundSign {
  rule: FailureRule;
  strength: "cause" | "trace";
  /** Its place in the rule. */
  place: number;
  /** Of the log; -1: the platform's words. */
  line: number;
  text: string;
  rank?: number;
  stream: string;
  pattern: RegExp;
}

export interface ReadLog {
  lines: readonly CleanLine[];
  steps: readonly SeenStep[];
  /** Lines of tracebacks that quote source: a message in it was perhaps never printed. */
  quoted: ReadonlySet<number>;
  /** Lines that end a traceback of the program itself. */
  exceptions: ReadonlySet<number>;
}

/** Every line that a rule may recognise holds one of these; most lines of a log hold none. The test of the table checks it. */
export const WORTH_A_LOOK =
  /rror|rno|GPU|Xid |image|quota|emory|ALLOC_FAILED|shm|torch_|space left|Bus |SIGBUS|Stream|unexpected pos|[Kk]ill|KILL|oom|xit|marked dead|CUDA|NVIDIA|nvidia|driver|kernel|gated|is restricted|Token|api_key|API key|No such|enied|mismatch|state|shape|ength|No module|oss is|oss scale|oss.{1,6}(?:nan|NaN|inf)|nan |tensor|eadline|nccl|NCCL|NET\/|Dist|socket|Watchdog|store->get|Timed out|Heartbeat|ignal/;

/** Every sign of every rule that was not got over, in no certain order. */
export function findSigns(log: ReadLog, reason: string): FoundSign[] {
  const all: FoundSign[] = [];
  const overcome = new Map<number, boolean>();
  const wentOn = (line: number): boolean => {
    const known = overcome.get(line) ?? trainingWentOn(log, line);
    overcome.set(line, known);
    return known;
  };
  const beginnings = log.lines.map(({ text }) => text.slice(0, READ_LENGTH));
  const worthALook = linesWorthALook(beginnings, log.quoted);
  for (const rule of FAILURE_RULES) {
    const signs = [
      ...rule.causes.map((sign, place) => ({ ...whole(sign), place, strength: "cause" as const })),
      ...(rule.traces ?? []).map((sign, place) => ({ ...whole(sign), place, strength: "trace" as const })),
    ];
    for (const { pattern, besides, place, strength } of signs) {
      const seen: FoundSign[] = [];
      for (const line of rule.endsTraceback === true ? log.exceptions : worthALook) {
        const at = log.lines[line];
        if (
          !pattern.test(beginnings[line] ?? "") ||
          at === undefined ||
          (rule.overcomeBy === undefined && wentOn(line))
        )
          continue;
        seen.push({ ...at, rule, strength, place, line, pattern });
      }
      const last = seen.at(-1);
      if (last !== undefined && isOvercomeLater(log, rule, last)) continue;
      if (
        besides === undefined ||
        (seen.length > 0 && worthALook.some((line) => besides.test(beginnings[line] ?? "")))
      )
        all.push(...seen);
    }
    if (rule.endsTraceback !== true) all.push(...signsOfPlatform(rule, reason));
  }
  return all;
}

function linesWorthALook(beginnings: readonly string[], quoted: ReadonlySet<number>): readonly number[] {
  const found = [...beginnings.keys()].filter(
    (line) => !quoted.has(line) && WORTH_A_LOOK.test(beginnings[line] ?? ""),
  );
  if (found.length <= FIRST_LOOKED_AT + LAST_LOOKED_AT) return found;
  return [...found.slice(0, FIRST_LOOKED_AT), ...found.slice(-LAST_LOOKED_AT)];
}

const whole = (sign: Sign): { pattern: RegExp; besides?: RegExp } =>
  sign instanceof RegExp ? { pattern: sign } : sign;

function signsOfPlatform(rule: FailureRule, reason: string): FoundSign[] {
  const signs = [
    ...(rule.platform ?? []).map((pattern) => ({ pattern, strength: "cause" as const })),
    ...rule.causes.map((sign) => ({ pattern: whole(sign).pattern, strength: "cause" as const })),
    ...(rule.traces ?? []).map((pattern) => ({ pattern, strength: "trace" as const })),
  ];
  return signs.flatMap(({ pattern, strength }, place) => {
    if (!pattern.test(reason.slice(0, READ_LENGTH))) return [];
    return [{ rule, strength, place, line: -1, text: reason, stream: "", pattern }];
  });
}

/** What the pattern names in it. Masked before anything is cut out: half of a key would not be known as one. */
export function groupsOf({ pattern, text }: FoundSign): Readonly<Record<string, string | undefined>> {
  const masked = maskSecrets(text);
  return pattern.exec(masked.slice(0, READ_LENGTH))?.groups ?? {};
}

function isOvercomeLater({ lines }: ReadLog, { overcomeBy }: FailureRule, last: FoundSign): boolean {
  if (overcomeBy === undefined) return false;
  return lines.slice(last.line + 1).some(({ text }) => overcomeBy.test(text));
}

export function trainingWentOn({ lines, steps }: Pick<ReadLog, "lines" | "steps">, line: number): boolean {
  const pod = lines[line]?.pod;
  const afterwards = new Set<number>();
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    const step = steps[at];
    if (step === undefined || step.line <= line) return false;
    if (step.pod !== pod) continue;
    afterwards.add(step.step);
    if (afterwards.size >= STEPS_AFTERWARDS) return true;
  }
  return false;
}
