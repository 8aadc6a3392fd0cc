import type { PlatformObject } from "../../../ports.ts";
import type { RunDetail, RunObservation, RunStep } from "../../engine-ports.ts";
import { readNodes } from "./read-nodes.ts";
import { activeGates } from "./workflow-gates.ts";
import type { Workflow, WorkflowNode, WorkflowNodes } from "./workflow-shapes.ts";
import { stepsOf, type StepOfWorkflow } from "./workflow-steps.ts";

/** A workflow's status in our words, and the nodes behind its steps. */
export interface WorkflowReading {
  observation: RunObservation;
  steps: readonly StepOfWorkflow[];
}

export function readWorkflow(object: PlatformObject): WorkflowReading {
  const { metadata, spec = {}, status = {} } = object as Workflow;
  const phase = status.phase ?? "";
  const ended = phase === "Succeeded" || phase === "Failed" || phase === "Error";
  const read = readNodes(status);
  const nodes = read.kind === "nodes" ? read.nodes : {};
  const effective = { ...spec, ...status.storedWorkflowTemplateSpec };
  const steps =
    read.kind === "nodes" && effective.templates !== undefined
      ? stepsOf(metadata.name, effective, nodes, ended)
      : [];
  const gates = activeGates(nodes);
  const restarts = restartsOf(nodes);
  const detail: RunDetail = {
    ...(steps.length > 0 && { steps: steps.map(({ step }) => step) }),
    ...(gates.length > 0 && !ended && { gates }),
    ...(restarts > 0 && { restarts }),
    ...(spec.suspend === true && !ended && { suspended: true }),
  };
  const state = stateOf(phase, nodes, spec.suspend === true);
  const progress = state === "succeeded" ? 1 : progressOf(steps, status.progress);
  const reason =
    read.kind === "unreadable" && !ended ? read.message : reasonOf(state, status.message, steps, nodes);
  return {
    steps,
    observation: {
      state,
      ...(progress !== undefined && { progress }),
      ...(reason !== undefined && { reason }),
      ...(status.startedAt != null && { startedAt: new Date(firstStart(nodes) ?? status.startedAt) }),
      ...(status.finishedAt != null && ended && { endedAt: new Date(status.finishedAt) }),
      ...(Object.keys(detail).length > 0 && { detail }),
    },
  };
}

/** For Argo a workflow runs from when it was seen. For people it waits until the first of its pods, or a gate, has begun. */
function stateOf(phase: string, nodes: WorkflowNodes, suspended: boolean): RunObservation["state"] {
  switch (phase) {
    case "Succeeded":
      return "succeeded";
    case "Failed":
    case "Error":
      return "failed";
    case "Running": {
      const leaves = Object.values(nodes).filter(isLeaf);
      const isActive = leaves.some((node) => node.phase === "Running");
      if (isActive) return "running";
      const hasBegun = leaves.some((node) => node.phase !== "Pending");
      // Where the nodes cannot be seen, Argo's word has to do.
      return suspended || (leaves.length > 0 && !hasBegun) ? "queued" : "running";
    }
    default:
      return "queued";
  }
}

const isLeaf = ({ type }: WorkflowNode): boolean => type === "Pod" || type === "Suspend";

function reasonOf(
  state: RunObservation["state"],
  message: string | undefined,
  steps: readonly StepOfWorkflow[],
  nodes: WorkflowNodes,
): string | undefined {
  if (state === "succeeded") return undefined;
  if (state === "failed") {
    // "child 'wf-123' failed" and an empty message say less than the step's own words.
    const failed = Object.values(nodes).filter(
      (node) => isLeaf(node) && (node.phase === "Failed" || node.phase === "Error"),
    );
    const last = failed.toSorted((a, b) => (a.finishedAt ?? "").localeCompare(b.finishedAt ?? "")).at(-1);
    const own =
      message === undefined || message === "" || message.startsWith("child '") ? undefined : message;
    const step =
      last === undefined ? undefined : `${last.displayName ?? last.name}: ${last.message ?? "failed"}`;
    return own?.startsWith("Stopped with") === true ? own : (step ?? own ?? "failed");
  }
  const waiting = steps.find(({ step }) => step.state === "queued" && step.reason !== undefined);
  return waiting?.step.reason ?? (message === "" ? undefined : message);
}

/** Steps that are over, and the part of those that run, of all steps; without steps Argo's own "2/5". */
export function progressOf(
  steps: readonly { step: RunStep }[],
  told: string | undefined,
): number | undefined {
  if (steps.length > 1) {
    const done = steps.reduce((sum, { step }) => {
      if (step.state === "succeeded" || step.state === "skipped") return sum + 1;
      return step.state === "running" ? sum + (step.progress ?? 0) : sum;
    }, 0);
    return done / steps.length;
  }
  const [, done, all] = /^(\d{1,9})\/(\d{1,9})$/.exec(told ?? "") ?? [];
  return all === undefined || Number(all) === 0 ? undefined : Math.min(1, Number(done) / Number(all));
}

/** When the first pod or gate that is no longer waiting was made. */
function firstStart(nodes: WorkflowNodes): string | undefined {
  return Object.values(nodes)
    .filter((node) => isLeaf(node) && node.phase !== "Pending" && node.startedAt != null)
    .map(({ startedAt }) => startedAt ?? "")
    .toSorted((a, b) => a.localeCompare(b))[0];
}

/** Pods that a retry made after the first. */
function restartsOf(nodes: WorkflowNodes): number {
  return Object.values(nodes)
    .filter(({ type }) => type === "Retry")
    .reduce((sum, { children = [] }) => sum + Math.max(0, children.length - 1), 0);
}
