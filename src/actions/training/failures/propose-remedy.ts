import type { ParameterValue, Stage, StageParameter, StageParams } from "../../ports.ts";
import { parameterNow } from "../dependent-parameters.ts";
import { formatParams, formatValue, parseStageParams } from "../stage-catalogue.ts";
import type { FailureFacts, FailureRemedy } from "./failure-diagnosis.ts";
import type { FailureRule } from "./rules/failure-rule.ts";

/** What stages call these; "_" is read as "-". The earlier name is the more local one. */
const NAMES = {
  batch: `micro-batch-size per-device-train-batch-size per-device-batch-size mini-batch-size train-batch-size batch-size`,
  accumulation: `gradient-accumulation gradient-accumulation-steps grad-accum grad-accumulation accumulation-steps`,
  length: `max-length max-seq-length max-seq-len max-sequence-length sequence-length seq-length seq-len block-size
    cutoff-len context-length`,
  workers: `num-workers dataloader-workers dataloader-num-workers`,
  memory: `memory-gib memory-gb`,
  learningRate: `learning-rate lr`,
  precision: `precision mixed-precision dtype`,
  gpus: `gpus`,
  resume: `resume-from-checkpoint resume-from resume-checkpoint resume`,
};
/** NVIDIA's numbers for what a program does itself: it would do it again. */
const PROGRAMS_OWN = [13, 31, 43, 45];

interface Failure {
  rule: FailureRule;
  facts: FailureFacts;
  stage: Stage;
  params: StageParams;
  checkpoint?: { step: number; path?: string } | undefined;
}
interface Change {
  parameter: string;
  from: ParameterValue;
  to: ParameterValue;
}

/** Only parameters that the stage declares, only to values that it takes; undefined where none of them would help. */
export function proposeRemedy(failure: Failure): FailureRemedy | undefined {
  const { rule, facts } = failure;
  const changes = (CURES[rule.kind]?.(failure) ?? []).filter((change) => isTaken(failure, change));
  const isCured = changes.length > 0;
  const isChance = rule.worthRepeating === true && !PROGRAMS_OWN.includes(facts.xid ?? 0);
  const needsCure = ["cuda-out-of-memory", "shared-memory", "host-out-of-memory"].includes(rule.kind);
  const resume = isChance && (isCured || !needsCure) ? resumeFrom(failure) : undefined;
  const all = resume === undefined ? changes : [...changes, resume.change];
  if (all.length === 0) return undefined;
  return { changes: all, ...(resume !== undefined && { resumeFrom: resume.step }) };
}

const CURES: Partial<Record<FailureRule["kind"], (failure: Failure) => Change[]>> = {
  "cuda-out-of-memory": (failure) => (failure.facts.whileLoading === true ? [] : smallerStep(failure)),
  "shared-memory": fewerWorkers,
  "host-out-of-memory": (failure) => {
    const fewer = fewerWorkers(failure);
    return fewer.length > 0 ? fewer : moreMemory(failure);
  },
  "sequence-too-long": (failure) => atMost(failure, "length", failure.facts.modelTokens),
  "quota-exceeded": (failure) => atMost(failure, "gpus", failure.facts.freeQuotaGpus),
  "nan-loss": (failure) => {
    const wider = widerPrecision(failure);
    return wider.length > 0
      ? wider
      : lowered(failure, "learningRate", (rate) => Number((rate / 2).toPrecision(6)));
  },
};

/** Half the batch and twice the accumulation, so that a step learns from as much; the length only where no batch can be smaller. */
function smallerStep(failure: Failure): Change[] {
  for (const parameter of declared(failure, "batch")) {
    const change = lower(failure, parameter, (batch) => Math.floor(batch / 2), 1);
    if (change === undefined) continue;
    return [change, ...moreAccumulation(failure, Number(change.from) / Number(change.to))];
  }
  const hasBatch = declared(failure, "batch").length > 0;
  return hasBatch ? lowered(failure, "length", (length) => Math.floor(length / 2)) : [];
}

function moreAccumulation(failure: Failure, factor: number): Change[] {
  const parameter = declared(failure, "accumulation")[0];
  const from = parameter && valueOf(failure, parameter);
  if (parameter === undefined || typeof from !== "number") return [];
  const change = { parameter: parameter.name, from, to: from * factor };
  return Number.isInteger(change.to) && isTaken(failure, change) ? [change] : [];
}

function fewerWorkers(failure: Failure): Change[] {
  return lowered(failure, "workers", (workers) => Math.floor(workers / 2), 0);
}

function moreMemory(failure: Failure): Change[] {
  const parameter = declared(failure, "memory")[0];
  const from = parameter && valueOf(failure, parameter);
  if (parameter === undefined || typeof from !== "number") return [];
  const larger = parameter.choices?.filter((choice) => typeof choice === "number" && choice > from) ?? [];
  const most = Math.min(from * 2, parameter.max ?? from * 2);
  const to = parameter.choices === undefined ? most : Math.min(...larger.map(Number));
  return Number.isFinite(to) && to > from ? [{ parameter: parameter.name, from, to }] : [];
}

/** What overflows in fp16 does not in bf16. */
function widerPrecision(failure: Failure): Change[] {
  const parameter = declared(failure, "precision")[0];
  if (parameter?.choices?.includes("bf16") !== true) return [];
  const from = valueOf(failure, parameter);
  return from === "fp16" ? [{ parameter: parameter.name, from, to: "bf16" }] : [];
}

function lowered(
  failure: Failure,
  role: keyof typeof NAMES,
  target: (value: number) => number,
  least?: number,
): Change[] {
  for (const parameter of declared(failure, role)) {
    const change = lower(failure, parameter, target, least);
    if (change !== undefined) return [change];
  }
  return [];
}

function atMost(failure: Failure, role: keyof typeof NAMES, limit: number | undefined): Change[] {
  if (limit === undefined) return [];
  return lowered(failure, role, () => limit).filter(({ to }) => Number(to) <= limit);
}

/** To the target, or to the nearest smaller value that the stage takes; undefined where it takes none. */
function lower(
  failure: Failure,
  parameter: StageParameter,
  target: (value: number) => number,
  least?: number,
): Change | undefined {
  const from = valueOf(failure, parameter);
  if (typeof from !== "number") return undefined;
  const wanted = target(from);
  const { choices, min = least ?? (parameter.type === "integer" ? 1 : Number.MIN_VALUE) } = parameter;
  const smaller = choices?.filter((choice) => typeof choice === "number" && choice < from).map(Number) ?? [];
  const fitting = smaller.filter((choice) => choice <= wanted);
  const to =
    choices === undefined ? Math.max(min, wanted) : Math.max(...(fitting.length > 0 ? fitting : smaller));
  return Number.isFinite(to) && to < from ? { parameter: parameter.name, from, to } : undefined;
}

function resumeFrom(failure: Failure): { change: Change; step: number } | undefined {
  const parameter = declared(failure, "resume")[0];
  const { checkpoint } = failure;
  if (parameter === undefined || checkpoint === undefined) return undefined;
  const folder = checkpoint.path?.includes("/") === true ? checkpoint.path : undefined;
  const to = { boolean: true, string: folder, integer: checkpoint.step, number: checkpoint.step }[
    parameter.type
  ];
  const from = valueOf(failure, parameter);
  if (to === undefined || to === from) return undefined;
  const change = { parameter: parameter.name, from, to };
  return isTaken(failure, change) ? { change, step: checkpoint.step } : undefined;
}

function declared({ stage, params }: Failure, role: keyof typeof NAMES): StageParameter[] {
  return NAMES[role].split(/\s+/).flatMap((name) => {
    const found = stage.parameters.find(
      (parameter) => parameter.name.toLowerCase().replaceAll("_", "-") === name,
    );
    return found === undefined ? [] : [parameterNow(found, params)];
  });
}

function valueOf({ params }: Failure, { name, default: fallback }: StageParameter): ParameterValue {
  return (Object.hasOwn(params, name) ? params[name] : undefined) ?? fallback;
}

/** As if a person had typed it. */
function isTaken({ stage, params }: Failure, { parameter, to }: Change): boolean {
  const parsed = parseStageParams(stage, { ...formatParams(stage, params), [parameter]: formatValue(to) });
  return parsed.ok && parsed.value[parameter] === to;
}
