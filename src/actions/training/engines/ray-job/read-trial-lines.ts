import { z } from "zod";
import { formatValue } from "../../stage-catalogue.ts";
import type { RunDetail, RunTrial } from "../../engine-ports.ts";

const MAX_LINE_LENGTH = 4_000;
const MAX_TRIALS = 1_000;
const MAX_VALUES = 20;
const RECENT = 20;
const ENDED = ["succeeded", "failed", "cancelled"];

const name = z.string().min(1).max(60);
const few = (values: Readonly<Record<string, unknown>>): boolean => Object.keys(values).length <= MAX_VALUES;

/** One line of a sweep's log, docs/operate/engine-ray-job.md. A trial's later lines replace its earlier ones. */
const trialLine = z.strictObject({
  jibsa: z.literal("trial"),
  name,
  state: z.enum(["queued", "running", "succeeded", "failed", "cancelled"]),
  parameters: z
    .record(name, z.union([z.string().max(80), z.number(), z.boolean()]))
    .refine(few)
    .default({}),
  metrics: z.record(name, z.number()).refine(few).default({}),
  objective: z.strictObject({ metric: name, goal: z.enum(["minimize", "maximize"]) }).optional(),
  /** How many trials the sweep makes in all. */
  planned: z.number().int().min(1).max(100_000).optional(),
});
type TrialLine = z.infer<typeof trialLine>;

export const isTrialLine = (line: string): boolean => parse(line) !== undefined;

/** The sweep that a log tells of, from its oldest line to its newest; undefined without any trial. Other lines are passed over. */
export function readTrialLines(lines: readonly string[]): RunDetail["trials"] | undefined {
  const trials = new Map<string, RunTrial>();
  let objective: TrialLine["objective"];
  let planned = 0;
  for (const line of lines) {
    const parsed = parse(line);
    if (parsed === undefined || (trials.size >= MAX_TRIALS && !trials.has(parsed.name))) continue;
    objective = parsed.objective ?? objective;
    planned = parsed.planned ?? planned;
    const parameters = Object.fromEntries(
      Object.entries(parsed.parameters).map(([key, value]) => [key, formatValue(value)]),
    );
    // Deleted first: the map's order is that of the last changes.
    trials.delete(parsed.name);
    trials.set(parsed.name, { name: parsed.name, state: parsed.state, parameters, metrics: parsed.metrics });
  }
  if (trials.size === 0) return undefined;
  const all = [...trials.values()];
  const counts: Partial<Record<RunTrial["state"], number>> = {};
  for (const { state } of all) counts[state] = (counts[state] ?? 0) + 1;
  const best = objective && bestOf(all, objective);
  return {
    counts,
    planned: Math.max(planned, all.length),
    ...(objective !== undefined && { objective }),
    ...(best !== undefined && { best }),
    recent: all.slice(-RECENT).toReversed(),
  };
}

/** How much of a sweep is done, 0..1. */
export function progressOfTrials({ counts, planned }: NonNullable<RunDetail["trials"]>): number {
  const ended = Object.entries(counts).reduce(
    (sum, [state, count]) => sum + (ENDED.includes(state) ? count : 0),
    0,
  );
  return Math.min(1, ended / planned);
}

function bestOf(
  trials: readonly RunTrial[],
  { metric, goal }: NonNullable<TrialLine["objective"]>,
): RunTrial | undefined {
  let best: RunTrial | undefined;
  for (const trial of trials) {
    const value = valueOf(trial, metric);
    if (value === undefined || trial.state === "failed") continue;
    const known = best && valueOf(best, metric);
    if (known === undefined || (goal === "minimize" ? value < known : value > known)) best = trial;
  }
  return best;
}

const valueOf = ({ metrics }: RunTrial, metric: string): number | undefined =>
  Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;

function parse(line: string): TrialLine | undefined {
  if (line.length > MAX_LINE_LENGTH || !line.includes('"jibsa"')) return undefined;
  try {
    const parsed = trialLine.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
