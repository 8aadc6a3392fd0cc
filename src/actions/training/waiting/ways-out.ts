import type { GpuNode } from "../../cluster-ports.ts";
import type { ParameterValue, Stage, StageParams } from "../../ports.ts";
import { formatParams, formatValue, parseStageParams } from "../stage-catalogue.ts";
import { largestFree, nodesOfType } from "./explain-waiting.ts";
import type { WaitingReason } from "./waiting-explanation.ts";

export const WAY_KINDS = ["fewer-gpus", "other-type", "other-queue"] as const;
/** The same stage with one of its own parameters changed, which has a chance to start sooner. */
export interface WayOut {
  kind: (typeof WAY_KINDS)[number];
  parameter: string;
  to: ParameterValue;
}

/** What stages call these; "_" is read as "-". */
const NAMES = {
  gpus: ["gpus", "num-gpus", "gpu-count"],
  type: ["gpu-type", "gpu", "accelerator"],
  queue: ["queue", "local-queue", "queue-name"],
};

/** Only what the stage declares and takes, and only where it would change the reason of waiting. */
export function waysOut(options: {
  stage: Stage;
  params: StageParams;
  reason: WaitingReason;
  nodes: readonly GpuNode[] | undefined;
  /** LocalQueues of the namespace; undefined: not known. */
  queues: readonly string[] | undefined;
}): readonly WayOut[] {
  if (!["all-busy", "no-node-large-enough", "kueue-quota", "quota-exceeded"].includes(options.reason.kind))
    return [];
  return [fewerGpus(options), otherType(options), otherQueue(options)].flatMap((way) => way ?? []);
}

type Options = Parameters<typeof waysOut>[0];

/** Half of them, and half again, until what is free would do. */
function fewerGpus({ stage, params, reason }: Options): WayOut | undefined {
  const name = parameterOf(stage, NAMES.gpus);
  const now = name === undefined ? undefined : Number(params[name]);
  if (name === undefined || now === undefined || !Number.isInteger(now)) return undefined;
  const room = roomOf(reason, now) ?? now;
  let to = Math.floor(now / 2);
  while (to > room) to = Math.floor(to / 2);
  return to >= 1 && isTaken(stage, params, name, to)
    ? { kind: "fewer-gpus", parameter: name, to }
    : undefined;
}

/** GPUs that could be had now; undefined: not known. 0: fewer would not help either. */
function roomOf(reason: WaitingReason, asked: number): number | undefined {
  if (reason.kind === "all-busy") return reason.largestFree?.gpus;
  if (reason.kind === "no-node-large-enough") return reason.largest;
  if (reason.kind === "kueue-quota" && reason.gpusMissing !== undefined)
    return Math.max(0, asked - reason.gpusMissing);
  return undefined;
}

/** The type of which most GPUs are free on one node. */
function otherType({ stage, params, reason, nodes }: Options): WayOut | undefined {
  const name = parameterOf(stage, NAMES.type);
  const needed = "gpus" in reason ? reason.gpus : 1;
  if (name === undefined || nodes === undefined) return undefined;
  const current = params[name];
  const [best] = choicesOf(stage, name)
    .filter((choice) => choice !== current)
    .map((choice) => ({ choice, free: largestFree(nodesOfType(nodes, String(choice)))?.gpus ?? 0 }))
    .filter(({ free }) => free >= needed)
    .toSorted((a, b) => b.free - a.free);
  return best === undefined ? undefined : { kind: "other-type", parameter: name, to: best.choice };
}

function otherQueue({ stage, params, reason, queues }: Options): WayOut | undefined {
  const name = parameterOf(stage, NAMES.queue);
  if (name === undefined || queues === undefined || reason.kind !== "kueue-quota") return undefined;
  const to = choicesOf(stage, name).find(
    (choice) => choice !== params[name] && queues.includes(String(choice)),
  );
  return to === undefined ? undefined : { kind: "other-queue", parameter: name, to };
}

const parameterOf = (stage: Stage, names: readonly string[]): string | undefined =>
  stage.parameters.find(({ name }) => names.includes(name.toLowerCase().replaceAll("_", "-")))?.name;

const choicesOf = (stage: Stage, name: string): readonly ParameterValue[] =>
  stage.parameters.find((parameter) => parameter.name === name)?.choices ?? [];

/** As if a person had typed it. */
function isTaken(stage: Stage, params: StageParams, name: string, value: ParameterValue): boolean {
  return parseStageParams(stage, { ...formatParams(stage, params), [name]: formatValue(value) }).ok;
}
