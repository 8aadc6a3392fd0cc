import { isFulfilled, type NodeStatus, type Task } from "./argo-shapes.ts";
import { continuesOn, executeTask, expandTask, scopeOfTasks } from "./execute-tasks.ts";
import { nodeOrigin, type Prepared } from "./prepared-template.ts";
import { substitute, type Scope } from "./substitute.ts";
import type { WorkflowContext } from "./workflow-context.ts";

/** A list of groups: the steps of one group side by side, the groups one after the other. */
export function executeSteps(context: WorkflowContext, nodeName: string, prepared: Prepared): NodeStatus {
  const { nodes } = context;
  const { template } = prepared;
  const node = nodes.get(nodeName) ?? nodes.add(nodeName, "Steps", "Running", nodeOrigin(prepared));
  const done: [string, NodeStatus][] = [];
  let before: readonly NodeStatus[] = [node];
  for (const [index, steps] of (template.steps ?? []).entries()) {
    const groupName = `${nodeName}[${index}]`;
    const group =
      nodes.get(groupName) ?? nodes.add(groupName, "StepGroup", "Running", { boundaryID: node.id });
    for (const parent of before) nodes.connect(parent, groupName);
    if (!isFulfilled(group)) executeGroup(context, group, steps, scopeOfTasks("steps", done), node, prepared);
    if (!isFulfilled(group)) return node;
    const children = (group.children ?? []).flatMap((id) => nodes.byId(id) ?? []);
    before = children.length === 0 ? [group] : children.flatMap((child) => outbound(context, child));
    node.outboundNodes = before.map(({ id }) => id);
    if (group.phase !== "Succeeded") return nodes.mark(nodeName, "Failed", group.message);
    for (const { name } of steps) {
      const found = nodes.get(`${groupName}.${name}`);
      if (found !== undefined) done.push([name, found]);
    }
  }
  const scope = scopeOfTasks("steps", done);
  const parameters = (template.outputs?.parameters ?? []).map(({ valueFrom, ...parameter }) => ({
    ...parameter,
    value: substitute(valueFrom?.parameter ?? String(parameter.value ?? ""), scope),
  }));
  if (parameters.length > 0) node.outputs = { parameters };
  return nodes.mark(nodeName, "Succeeded");
}

const outbound = ({ nodes }: WorkflowContext, node: NodeStatus): readonly NodeStatus[] =>
  nodes.outboundOf(node).flatMap((id) => nodes.byId(id) ?? []);

function executeGroup(
  context: WorkflowContext,
  group: NodeStatus,
  steps: readonly Task[],
  scope: Scope,
  boundary: NodeStatus,
  { call }: Prepared,
): void {
  const { nodes } = context;
  const expanded = steps.flatMap((step) => expandTask(substitute(step, scope)));
  const below = { boundaryID: boundary.id, onExit: call.onExit, depth: call.depth + 1 };
  let isComplete = true;
  for (const step of expanded) {
    const child = executeTask(context, `${group.name}.${step.name}`, step, below);
    if (child !== undefined) nodes.connect(group, child.name);
    if (child === undefined || !isFulfilled(child)) isComplete = false;
  }
  if (!isComplete) return;
  const failed = expanded
    .map((step) => [step, nodes.get(`${group.name}.${step.name}`)] as const)
    .find(([step, child]) => child !== undefined && !continuesOn(step, child))?.[1];
  if (failed === undefined) nodes.mark(group.name, "Succeeded");
  else nodes.mark(group.name, "Failed", `child '${failed.id}' failed`);
}
