import type { RunStep } from "../../engine-ports.ts";
import type { WorkflowNode, WorkflowNodes, WorkflowSpec, WorkflowTask } from "./workflow-shapes.ts";

/** More are a fan-out that nobody reads one by one. */
const MOST_STEPS = 100;
const STOPPED = /^(workflow shutdown with strategy|Stopped with strategy)/;

/** A step and the node it has by now. */
export interface StepOfWorkflow {
  step: RunStep;
  node?: WorkflowNode;
}

/**
 * What the entrypoint does, in its order: the tasks of its graph, dependencies first, or its steps, group by group. Argo makes a node only
 * when it is a step's turn, so those before that come from the spec. Nested graphs are one step.
 */
export function stepsOf(
  name: string,
  spec: WorkflowSpec,
  nodes: WorkflowNodes,
  ended: boolean,
): readonly StepOfWorkflow[] {
  const byName = new Map(Object.values(nodes).map((node) => [node.name, node]));
  const entrypoint = spec.templates?.find((template) => template.name === spec.entrypoint);
  const planned: readonly (readonly [name: string, nodeName: string])[] =
    entrypoint?.dag !== undefined
      ? inOrder(entrypoint.dag.tasks ?? []).map((task) => [task.name, `${name}.${task.name}`])
      : entrypoint?.steps !== undefined
        ? entrypoint.steps.flatMap((group, index) =>
            group.map((task) => [task.name, `${name}[${index}].${task.name}`] as const),
          )
        : [[spec.entrypoint ?? name, name]];
  const exit = byName.get(`${name}.onExit`);
  return [...planned, ...(exit === undefined ? [] : ([["onExit", exit.name]] as const))]
    .slice(0, MOST_STEPS)
    .map(([stepName, nodeName]) => {
      const node = byName.get(nodeName);
      if (node === undefined) return { step: { name: stepName, state: ended ? "skipped" : "waiting" } };
      return { step: readStep(stepName, node, nodes), node };
    });
}

/** The task's dependencies before it; among equals the order of the spec. */
function inOrder(tasks: readonly WorkflowTask[]): readonly WorkflowTask[] {
  const known = new Map(tasks.map((task) => [task.name, task]));
  const ordered = new Set<WorkflowTask>();
  const visit = (task: WorkflowTask, above: readonly WorkflowTask[]): void => {
    if (ordered.has(task) || above.includes(task)) return;
    for (const name of dependenciesOf(task)) {
      const dependency = known.get(name);
      if (dependency !== undefined) visit(dependency, [...above, task]);
    }
    ordered.add(task);
  };
  for (const task of tasks) visit(task, []);
  return [...ordered];
}

/** `depends` is an expression such as "cpt.Succeeded && (sft || rlhf.Failed)". */
function dependenciesOf({ dependencies = [], depends = "" }: WorkflowTask): readonly string[] {
  return [...dependencies, ...[...depends.matchAll(/(?<![\w.-])[\w-]+/g)].map(([word]) => word)];
}

function readStep(name: string, node: WorkflowNode, nodes: WorkflowNodes): RunStep {
  const state = stateOf(node, nodes);
  const reason = state === "queued" ? (pendingLeaf(node, nodes)?.message ?? node.message) : node.message;
  return {
    name,
    state,
    ...(reason !== undefined && reason !== "" && { reason }),
    ...(node.startedAt != null && { startedAt: node.startedAt }),
    ...(node.finishedAt != null && { endedAt: node.finishedAt }),
  };
}

function stateOf(node: WorkflowNode, nodes: WorkflowNodes): RunStep["state"] {
  switch (node.phase) {
    case "Succeeded":
      return "succeeded";
    case "Skipped":
    case "Omitted":
      return "skipped";
    case "Failed":
    case "Error":
      return STOPPED.test(node.message ?? "") ? "cancelled" : "failed";
    case "Running":
      return pendingLeaf(node, nodes) === undefined ? "running" : "queued";
    case "Pending":
    case undefined:
      return "queued";
  }
  return node.phase satisfies never;
}

/** A group, retry or graph is "Running" for Argo while all it does is to wait for a pod: that one. */
function pendingLeaf(node: WorkflowNode, nodes: WorkflowNodes): WorkflowNode | undefined {
  const leaves = leavesOf(node, nodes);
  return leaves.some(({ phase }) => phase === "Running")
    ? undefined
    : leaves.find(({ phase }) => phase === "Pending");
}

/** Pods and gates below a node, itself included; a node's later siblings hang below it too and are left out by its name. */
export function leavesOf(node: WorkflowNode, nodes: WorkflowNodes): readonly WorkflowNode[] {
  const isWithin = ({ name }: WorkflowNode): boolean =>
    name === node.name ||
    (name.startsWith(node.name) && ["(", ".", "["].includes(name.charAt(node.name.length)));
  return Object.values(nodes).filter(
    (candidate) => (candidate.type === "Pod" || candidate.type === "Suspend") && isWithin(candidate),
  );
}
