import type { PlanDeps, PlannedChange } from "../../define-action.ts";
import type { ApprovalNeed, FieldProblem, Result } from "../../ports.ts";
import { trainStart, type TrainStartInput } from "../train-start.ts";
import { pipelineObject, stepIdOf, type PipelineSpec } from "./pipeline.ts";

interface WantedStep {
  input: TrainStartInput;
  gate: boolean;
  label?: string;
  /** Before the names of fields that are wrong in this step. */
  fieldPrefix: string;
}

/** Plans every step as `train-start` would, each under the id that its request will have. All problems are told together. */
export async function planSteps(
  wanted: readonly WantedStep[],
  deps: PlanDeps,
): Promise<Result<PipelineSpec["steps"], readonly FieldProblem[]>> {
  const steps: PipelineSpec["steps"][number][] = [];
  const problems = new Map<string, FieldProblem>();
  const note = (problem: FieldProblem): void =>
    void problems.set(`${problem.field} ${problem.code}`, problem);
  for (const [index, { input, gate, label, fieldPrefix }] of wanted.entries()) {
    const planned = await trainStart.plan(input, { ...deps, requestId: stepIdOf(deps.requestId, index) });
    if (!planned.ok)
      for (const problem of planned.failure) note({ ...problem, field: `${fieldPrefix}${problem.field}` });
    else if (!deps.may(planned.value.subject))
      note({ field: input.stage, code: "step-not-allowed", given: input.stage });
    else
      steps.push({
        stage: input.stage,
        ...(label !== undefined && { label }),
        gate,
        input,
        planned: asStored(planned.value),
      });
  }
  return problems.size > 0 ? { ok: false, failure: [...problems.values()] } : { ok: true, value: steps };
}

/** The request that holds the steps: shown, approved and counted as a whole. */
export function wholeOf(
  spec: PipelineSpec,
  { name, title, approval }: { name: string; title: string; approval?: ApprovalNeed },
): PlannedChange {
  const [first] = spec.steps;
  if (first === undefined) throw new Error(`${name} has no steps`);
  const previews = spec.steps.map(({ planned }) => planned.preview);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const gpuCounts = previews.map(({ gpus }) => gpus);
  const hours = previews.map((preview) => preview.hours);
  const isParallel = spec.parallel === true;
  const gpus = isParallel ? sum(gpuCounts) : Math.max(...gpuCounts);
  const { cluster, simulated, namespace, gpuType } = first.planned.preview;
  const strictest = strictestOf([
    approval,
    ...spec.steps.map(({ planned }) => planned.subject.stageApproval),
  ]);
  return {
    object: pipelineObject(name, namespace, spec),
    subject: {
      // What it does is to start stages: the same rules and approvals.
      action: "train-start",
      stage: name,
      namespace,
      cluster,
      gpus,
      gpuHours: sum(spec.steps.map(({ planned }) => planned.subject.gpuHours ?? 0)),
      ...(strictest !== undefined && { stageApproval: strictest }),
    },
    preview: {
      title,
      cluster,
      simulated,
      namespace,
      gpus,
      ...(gpuType !== undefined && { gpuType }),
      hours: isParallel ? Math.max(...hours) : sum(hours),
      hoursFrom: { kind: "catalogue" },
      gpuHours: sum(previews.map((preview) => preview.gpuHours)),
      changes: previews.length === 1 ? (previews[0]?.changes ?? []) : [],
      steps: spec.steps.map(({ stage, label, gate, planned: { preview } }) => ({
        stage: label ?? stage,
        gate,
        gpus: preview.gpus,
        hours: preview.hours,
        changes: preview.changes,
      })),
      dryRun: previews.find(({ dryRun }) => dryRun.kind !== "accepted")?.dryRun ?? {
        kind: "accepted",
        warnings: [],
      },
      allowed: previews.find(({ allowed }) => allowed.kind !== "yes")?.allowed ?? { kind: "yes" },
    },
  };
}

/** As it comes back from the database, so that its hash is the same. */
function asStored(planned: PlannedChange): PlannedChange {
  return JSON.parse(JSON.stringify(planned)) as PlannedChange;
}

/** Of several, the one that asks for most people; the first of equals. */
function strictestOf(needs: readonly (ApprovalNeed | undefined)[]): ApprovalNeed | undefined {
  return needs.reduce(
    (best, need) => (need !== undefined && need.quorum > (best?.quorum ?? 0) ? need : best),
    undefined,
  );
}
