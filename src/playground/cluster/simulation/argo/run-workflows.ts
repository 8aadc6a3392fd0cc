import type { KubernetesObject } from "../../objects/kubernetes-object.ts";
import { isSameJson } from "../../objects/kubernetes-object.ts";
import { typeOfKind } from "../../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "../cluster-control.ts";
import {
  isFailure,
  isFulfilled,
  type NodeStatus,
  type WorkflowSpec,
  type WorkflowStatus,
} from "./argo-shapes.ts";
import { assessPods, failGates } from "./assess-pods.ts";
import { problemOfSpec } from "./check-workflow.ts";
import { executeTemplate } from "./execute-template.ts";
import { specInEffect } from "./join-template.ts";
import type { Scope } from "./substitute.ts";
import { updateProgress } from "./update-progress.ts";
import {
  CONTROLLER,
  createContext,
  markWorkflow,
  mayExecute,
  TemplateError,
  type WorkflowContext,
} from "./workflow-context.ts";

const WORKFLOW = typeOfKind("Workflow");
const COMPLETED_LABEL = "workflows.argoproj.io/completed";

/** Argo's workflow controller (3.7): nodes, pods, phases and messages as it writes them. */
export function runWorkflows(control: ClusterControl): void {
  for (const workflow of control.store.list(WORKFLOW.storage)) {
    if (workflow.metadata.deletionTimestamp !== undefined) continue;
    if (workflow.metadata.labels?.[COMPLETED_LABEL] === "true") expire(control, workflow);
    else write(control, workflow, operate(control, workflow));
  }
}

function operate(control: ClusterControl, workflow: KubernetesObject): WorkflowContext {
  const status = structuredClone(workflow.status ?? {}) as WorkflowStatus;
  const own = (workflow.spec ?? {}) as WorkflowSpec;
  let context = createContext(control, workflow, own, status, executeTemplate);
  try {
    context = createContext(
      control,
      workflow,
      specInEffect(control, workflow, status),
      status,
      executeTemplate,
    );
    advance(context);
    updateProgress(context);
  } catch (error) {
    // As the controller: what it stumbles over is that workflow's error, and nobody else's.
    const message = error instanceof Error ? error.message : String(error);
    markWorkflow(context, "Error", error instanceof TemplateError ? message : `recovered from: ${message}`);
  }
  return context;
}

function advance(context: WorkflowContext): void {
  const { status, spec, workflow, nodes } = context;
  const { name } = workflow.metadata;
  if ((status.phase ?? "") === "") {
    const problem = problemOfSpec(spec);
    if (problem !== undefined) return markWorkflow(context, "Failed", `invalid spec: ${problem}`);
    markWorkflow(context, "Running");
  } else {
    assessPods(context);
    failGates(context);
  }
  if (spec.suspend === true) return;
  const call = { args: spec.arguments?.parameters ?? [], depth: 0 };
  executeTemplate(context, name, { ...call, task: taskOf(spec.entrypoint), onExit: false });
  const root = nodes.get(name);
  if (root === undefined || !isFulfilled(root)) return;
  const exitName = `${name}.onExit`;
  if (spec.onExit !== undefined && (nodes.get(exitName) !== undefined || mayExecute(context, true))) {
    const globals = { ...context.globals, ...scopeOfEnd(context, root) };
    executeTemplate({ ...context, globals }, exitName, { ...call, task: taskOf(spec.onExit), onExit: true });
    const exit = nodes.get(exitName);
    if (exit === undefined || !isFulfilled(exit)) return;
    if (!isFailure(root) && isFailure(exit))
      return markWorkflow(context, exit.phase === "Failed" ? "Failed" : "Error", exit.message);
  }
  if (!isFailure(root)) return markWorkflow(context, "Succeeded");
  const message = spec.shutdown === undefined ? root.message : `Stopped with strategy '${spec.shutdown}'`;
  markWorkflow(context, root.phase === "Failed" ? "Failed" : "Error", message);
}

/** What an exit handler may name besides. */
function scopeOfEnd({ nodes }: WorkflowContext, root: NodeStatus): Scope {
  const failures = nodes
    .all()
    .filter(isFailure)
    .map(({ displayName, message = "", templateName = "", phase, finishedAt }) => ({
      displayName,
      message,
      templateName,
      phase,
      finishedAt,
    }));
  return {
    "workflow.status": root.phase,
    // Quoted once more, as the controller does it.
    "workflow.failures": JSON.stringify(JSON.stringify(failures)),
  };
}

const taskOf = (template: string | undefined) => (template === undefined ? {} : { template });

function write(
  control: ClusterControl,
  workflow: KubernetesObject,
  { status, labels }: WorkflowContext,
): void {
  if (isSameJson(status, workflow.status ?? {}) && isSameJson(labels, workflow.metadata.labels ?? {})) return;
  const annotations = { ...workflow.metadata.annotations, "workflows.argoproj.io/pod-name-format": "v2" };
  control.writer.update(
    WORKFLOW,
    { ...workflow, metadata: { ...workflow.metadata, labels, annotations }, status },
    { writer: componentWriter(CONTROLLER, WORKFLOW) },
  );
}

/** Removes one whose time after its end is over. */
function expire(control: ClusterControl, workflow: KubernetesObject): void {
  const status = (workflow.status ?? {}) as WorkflowStatus;
  const spec: WorkflowSpec = status.storedWorkflowTemplateSpec ?? workflow.spec ?? {};
  const { ttlStrategy } = spec;
  const { secondsAfterCompletion, secondsAfterSuccess, secondsAfterFailure } = ttlStrategy ?? {};
  const seconds =
    (status.phase === "Succeeded" ? secondsAfterSuccess : secondsAfterFailure) ?? secondsAfterCompletion;
  if (seconds === undefined || status.finishedAt == null) return;
  if (control.nowMs() >= Date.parse(status.finishedAt) + seconds * 1_000)
    control.writer.remove(WORKFLOW, workflow);
}
