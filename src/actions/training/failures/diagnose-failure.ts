import type { FailedRun, FailureDiagnosis } from "./failure-diagnosis.ts";
import { findSigns, trainingWentOn, type FoundSign, type ReadLog } from "./find-signs.ts";
import { findTracebacks, type Traceback } from "./find-tracebacks.ts";
import { FAILURE_RULES } from "./failure-rules.ts";
import { proposeRemedy } from "./propose-remedy.ts";
import { readFacts, shownText } from "./read-facts.ts";
import { readLogLines, stripHidden } from "./read-log-lines.ts";
import { readTrainingSteps, type TrainingSteps } from "./read-training-steps.ts";

const MOST_LINES = 8;
/** So many of the reason itself before others have their turn. */
const MOST_OF_REASON = 5;
const MOST_LAST_WORDS = 4;
const LONGEST_LINE = 300;
const LONGEST_REASON = 2_000;
const SAVING =
  /\b_?save_(?:checkpoint|model|pretrained|optimizer_and_scheduler)\b|\btorch\/serialization\.py", line \d+, in save\b/;

/** Why a run failed and what its stage's own parameters could do about it. Pure; nothing that the log says is followed. */
export function diagnoseFailure({
  lines: logLines,
  reason: said = "",
  stage,
  params,
}: FailedRun): FailureDiagnosis {
  const lines = readLogLines(logLines);
  const reason = stripHidden(said.slice(0, LONGEST_REASON).replace(/\s/g, " "));
  const progress = readTrainingSteps(lines);
  const found = findTracebacks(lines);
  const tracebacks = found.tracebacks.filter(
    ({ line, isLaunchers }) => !isLaunchers && !trainingWentOn({ lines, steps: progress.steps }, line),
  );
  const log: ReadLog = {
    lines,
    steps: progress.steps,
    quoted: found.quoted,
    exceptions: new Set(tracebacks.map(({ line }) => line)),
  };
  const signs = findSigns(log, reason);
  const ofReason = signsOfRootCause(signs);
  const [first] = ofReason;
  const traceback = tracebackOf(ofReason, tracebacks)?.lines ?? [];
  const facts = readFacts(ofReason, { lines, traceback, reason });
  const checkpoint = lastCheckpoint(progress, traceback);
  const lastStep = progress.steps.at(-1)?.step;
  const kind = first?.rule.kind ?? "unknown";
  const remedy = first && proposeRemedy({ rule: first.rule, facts, stage, params, checkpoint });
  return {
    kind,
    facts,
    lines: first === undefined ? lastWords(log) : linesThatMatter(ofReason, signs),
    ...(traceback.length > 0 && { traceback: traceback.map((line) => shownText(line, LONGEST_LINE)) }),
    ...(lastStep !== undefined && { lastStep }),
    ...(progress.totalSteps !== undefined && { totalSteps: progress.totalSteps }),
    ...(checkpoint !== undefined && { lastCheckpointStep: checkpoint.step }),
    ...(remedy !== undefined && { remedy }),
    documentQuery: first?.rule.documentQuery || wordsOf(facts.error),
  };
}

/** A cause before a trace, the table's order, then the earliest; the first of what is returned counts. */
function signsOfRootCause(signs: readonly FoundSign[]): FoundSign[] {
  const causes = signs.filter(({ strength }) => strength === "cause");
  const counted = causes.length > 0 ? causes : signs;
  const rule = FAILURE_RULES.find((candidate) => counted.some((sign) => sign.rule === candidate));
  const chosen = counted
    .filter((sign) => sign.rule === rule)
    .toSorted((a, b) => (causes.length > 0 ? 0 : a.place - b.place) || position(a) - position(b));
  if (rule?.endsTraceback !== true) return chosen;
  // What is raised last of a chain says it best; another process has troubles of its own.
  return chosen.filter(({ stream }) => stream === chosen[0]?.stream).toReversed();
}

/** The log tells more than the platform. */
const position = ({ line }: FoundSign): number => (line === -1 ? Number.MAX_SAFE_INTEGER : line);

/** The last that the reason itself ended: of a chain it is the one that the program's own code stands in. */
function tracebackOf(ofReason: readonly FoundSign[], all: readonly Traceback[]): Traceback | undefined {
  const stream = ofReason[0]?.stream;
  const ends = new Set(ofReason.map(({ line }) => line));
  return (
    all.findLast((one) => one.stream === stream && ends.has(one.line)) ??
    all.findLast((one) => one.stream === stream) ??
    all.at(-1)
  );
}

/** A checkpoint that was being written when it failed does not count. */
function lastCheckpoint(
  { steps, checkpoints }: TrainingSteps,
  traceback: readonly string[],
): { step: number; path?: string } | undefined {
  const last = checkpoints.at(-1);
  const isHalf =
    traceback.some((line) => SAVING.test(line)) && !steps.some(({ line }) => line > (last?.line ?? 0));
  return isHalf ? checkpoints.findLast(({ step }) => step !== last?.step) : last;
}

function linesThatMatter(ofReason: readonly FoundSign[], all: readonly FoundSign[]): string[] {
  const byLine = new Map<number, FoundSign>();
  const inLog = (signs: readonly FoundSign[]) =>
    signs.filter(({ line }) => line >= 0).toSorted((a, b) => a.line - b.line);
  for (const sign of inLog(ofReason)) if (byLine.size < MOST_OF_REASON) byLine.set(sign.line, sign);
  for (const sign of inLog(all)) if (byLine.size < MOST_LINES) byLine.set(sign.line, sign);
  const shown = [...byLine.values()]
    .toSorted((a, b) => a.line - b.line)
    .map(({ text, rank }) => (rank === undefined ? text.trim() : `[rank ${rank}] ${text.trim()}`));
  return [...new Set(shown)].map((text) => shownText(text, LONGEST_LINE));
}

/** Without any sign, what it printed after its last step. */
function lastWords({ lines, steps }: ReadLog): string[] {
  const since = (steps.at(-1)?.line ?? -1) + 1;
  return lines
    .slice(since)
    .slice(-MOST_LAST_WORDS)
    .map(({ text }) => shownText(text.trim(), LONGEST_LINE));
}

/** "torch.nn.modules.module.ModuleAttributeError" is looked up as its last word. */
function wordsOf(error: string | undefined): string {
  return error === undefined ? "training failed log" : (error.split(".").at(-1) ?? error).slice(0, 60);
}
