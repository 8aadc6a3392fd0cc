import type { KubernetesObject } from "../../objects/kubernetes-object.ts";
import { formatTime } from "../../objects/kubernetes-object.ts";
import type { ClusterControl } from "../cluster-control.ts";
import type { NodeStatus, Template, WorkflowPhase, WorkflowSpec, WorkflowStatus } from "./argo-shapes.ts";
import { createNodeTree, type NodeTree } from "./node-tree.ts";
import type { Call } from "./prepared-template.ts";
import type { Scope } from "./substitute.ts";

export const CONTROLLER = "workflow-controller";

/** One workflow while the controller goes through it: status and labels are copies that are changed, and written once at the end. */
export interface WorkflowContext {
  control: ClusterControl;
  workflow: KubernetesObject;
  status: WorkflowStatus;
  labels: Record<string, string>;
  /** With what it takes from its WorkflowTemplate. */
  spec: WorkflowSpec;
  globals: Scope;
  nodes: NodeTree;
  /** Pods that were alive when this look began, plus those made in it. */
  activePods: number;
  /** Graphs and lists stand in templates, and templates in them. */
  execute(context: WorkflowContext, nodeName: string, call: Call): NodeStatus | undefined;
}

/** Something in the workflow itself is wrong: its node is in error. */
export class TemplateError extends Error {
  override name = "TemplateError";
}

export function createContext(
  control: ClusterControl,
  workflow: KubernetesObject,
  spec: WorkflowSpec,
  status: WorkflowStatus,
  execute: WorkflowContext["execute"],
): WorkflowContext {
  const nodes = (status.nodes ??= {});
  const now = (): string => formatTime(control.nowMs());
  return {
    control,
    workflow,
    status,
    execute,
    labels: { ...workflow.metadata.labels },
    spec,
    globals: globalsOf(workflow, spec),
    nodes: createNodeTree(workflow.metadata.name, nodes, now),
    activePods: Object.values(nodes).filter(
      ({ type, phase }) => type === "Pod" && (phase === "Pending" || phase === "Running"),
    ).length,
  };
}

/** https://argo-workflows.readthedocs.io/en/latest/variables/#global */
function globalsOf({ metadata }: KubernetesObject, spec: WorkflowSpec): Scope {
  const prefixed = (prefix: string, values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values).map(([key, value]) => [`workflow.${prefix}.${key}`, value] as const);
  return Object.fromEntries([
    ["workflow.name", metadata.name],
    ["workflow.namespace", metadata.namespace ?? ""],
    ["workflow.uid", metadata.uid],
    ["workflow.serviceAccountName", spec.serviceAccountName ?? "default"],
    ["workflow.creationTimestamp", metadata.creationTimestamp],
    ...prefixed("labels", metadata.labels),
    ...prefixed("annotations", metadata.annotations),
    ...(spec.arguments?.parameters ?? []).flatMap(({ name, value }) =>
      value === undefined ? [] : [[`workflow.parameters.${name}`, String(value)] as const],
    ),
  ]);
}

export function templateOf(
  { spec, control, workflow }: WorkflowContext,
  task: {
    template?: string;
    templateRef?: { name?: string; template?: string };
  },
): Template {
  if (task.templateRef === undefined) {
    const found = spec.templates?.find(({ name }) => name === task.template);
    if (found === undefined) throw new TemplateError(`template name '${task.template ?? ""}' undefined`);
    return found;
  }
  const { name = "", template = "" } = task.templateRef;
  const holder = control.store.get(WORKFLOW_TEMPLATES, workflow.metadata.namespace, name);
  if (holder === undefined) throw new TemplateError(`workflowtemplate.argoproj.io "${name}" not found`);
  const found = (holder.spec as WorkflowSpec | undefined)?.templates?.find((one) => one.name === template);
  if (found === undefined) throw new TemplateError(`template reference ${name}.${template} not found`);
  return found;
}

export const WORKFLOW_TEMPLATES = "argoproj.io/workflowtemplates";

/** Its phase, the labels by which it is found, and at the end its time. */
export function markWorkflow(context: WorkflowContext, phase: WorkflowPhase, message = ""): void {
  const { status, labels, control, nodes, workflow } = context;
  const time = formatTime(control.nowMs());
  const isOver = phase === "Succeeded" || phase === "Failed" || phase === "Error";
  status.phase = phase;
  status.startedAt ??= time;
  status.finishedAt = isOver ? time : null;
  if (message === "") delete status.message;
  else status.message = message;
  labels["workflows.argoproj.io/phase"] = phase;
  labels["workflows.argoproj.io/completed"] = String(isOver);
  const root = nodes.get(workflow.metadata.name);
  if (phase === "Error" && root?.phase === "Running")
    nodes.mark(root.name, "Error", "Workflow operation error");
  setCondition(status, "Completed", isOver);
}

export function setCondition(status: WorkflowStatus, type: string, isTrue: boolean): void {
  const others = (status.conditions ?? []).filter((condition) => condition.type !== type);
  if (!isTrue && type === "Completed") return;
  status.conditions = [...others, { status: isTrue ? "True" : "False", type }];
}

/** Whether anything new may begin: never while it is terminated, exit handlers alone while it is stopped. */
export function mayExecute({ spec }: WorkflowContext, onExit: boolean): boolean {
  if (spec.shutdown === "Terminate") return false;
  return spec.shutdown !== "Stop" || onExit;
}
