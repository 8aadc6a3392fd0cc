import type { PlannedChange } from "../../define-action.ts";
import type { ApprovalNeed, Localized, PlatformObject, Stage } from "../../ports.ts";
import type { Hold } from "./hold.ts";
import type { TrainStartInput } from "../train-start.ts";

/** A catalogue entry that runs stages one after another, whatever their engines. */
export interface Pipeline {
  name: string;
  summary: Localized;
  steps: readonly PipelineStep[];
  /** On top of the policy's approval rules and those of its stages; the strictest counts. */
  approval?: ApprovalNeed;
}

export interface PipelineStep {
  stage: string;
  /** What of the stage differs from its defaults; "{cpt.output}" is the output of the step of that stage. */
  parameters: Readonly<Record<string, string>>;
  /** Where the step leaves what the next one reads. "{run}" is the name of its run. */
  output?: string;
  /** Somebody has to let the pipeline go on to this step. */
  gate: boolean;
}

/** What is kept of a pipeline's request: each step as it will be started. An approval is bound to all of it. */
export interface PipelineSpec {
  pipeline: string;
  /** All at the same time, and none needs another. */
  parallel?: boolean;
  /** Made only when there is room. */
  hold?: Hold;
  steps: readonly {
    stage: string;
    /** What is shown of it where its stage alone says too little. */
    label?: string;
    gate: boolean;
    input: TrainStartInput;
    planned: PlannedChange;
  }[];
}

export function pipelineSpecOf(object: unknown): PipelineSpec {
  return (object as { spec: PipelineSpec }).spec;
}

/** The id of a step's request: the same however often it is made. */
export function stepIdOf(requestId: string, step: number): string {
  return `${requestId}s${step + 1}`;
}

const PLACEHOLDER = /\{([a-z0-9-]+)\.output\}/g;

/**
 * The input of each step, in order: its own parameters, over them what the person gave. A given parameter goes to every step
 * whose stage declares it, "sft.epochs" to that step alone. `unknown`: what no step takes.
 */
export function inputsOfSteps(
  pipeline: Pipeline,
  stages: readonly Stage[],
  given: Readonly<Record<string, string>>,
  nameOfRun: (stage: string, step: number) => string,
): { inputs: readonly TrainStartInput[]; unknown: readonly string[] } {
  const outputs = new Map<string, string>();
  const used = new Set<string>();
  const inputs = pipeline.steps.map(({ stage, parameters, output }, index): TrainStartInput => {
    const declared = stages.find(({ name }) => name === stage)?.parameters.map(({ name }) => name) ?? [];
    const own = Object.entries(given).flatMap(([key, value]) => {
      const name = key.startsWith(`${stage}.`) ? key.slice(stage.length + 1) : key;
      if (!declared.includes(name)) return [];
      used.add(key);
      return [[name, value] as const];
    });
    const fed = Object.entries(parameters).map(
      ([name, text]) =>
        [name, text.replace(PLACEHOLDER, (whole, from: string) => outputs.get(from) ?? whole)] as const,
    );
    if (output !== undefined) outputs.set(stage, output.replaceAll("{run}", nameOfRun(stage, index)));
    return { stage, parameters: Object.fromEntries([...fed, ...own]) };
  });
  return { inputs, unknown: Object.keys(given).filter((key) => !used.has(key)) };
}

/** For the object of a pipeline's request, which no platform ever sees. */
export function pipelineObject(name: string, namespace: string, spec: PipelineSpec): PlatformObject {
  return { apiVersion: "jibsa.dev/v1", kind: "Pipeline", metadata: { name, namespace }, spec };
}
