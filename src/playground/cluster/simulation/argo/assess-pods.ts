import type { KubernetesObject } from "../../objects/kubernetes-object.ts";
import { isOver, podSpecOf, podStatusOf } from "../../objects/pod-shapes.ts";
import { typeOfKind } from "../../objects/resource-types.ts";
import { endPod } from "../pod-life.ts";
import { isFulfilled, type NodePhase, type NodeStatus, type Parameter } from "./argo-shapes.ts";
import { mayExecute, setCondition, type WorkflowContext } from "./workflow-context.ts";
import { ON_EXIT_LABEL, podNameOf } from "./workflow-pod.ts";

const POD = typeOfKind("Pod");
/** On a template's metadata: what its pods report as outputs, as JSON; else their `valueFrom.default` counts. */
export const OUTPUTS_ANNOTATION = "simulation.jibsa.dev/outputs";
const SIGTERM_EXIT_CODE = 143;

/** Takes over into the nodes what has become of their pods, and ends what a shutdown no longer allows. */
export function assessPods(context: WorkflowContext): void {
  const { nodes, control, workflow, status, spec } = context;
  let isRunning = false;
  for (const node of nodes.all()) {
    if (node.type !== "Pod" || isFulfilled(node)) continue;
    const name = podNameOf(workflow.metadata.name, node.name, node.templateName ?? "");
    const pod = control.store.get(POD.storage, workflow.metadata.namespace, name);
    if (pod === undefined) {
      // One that never ran is made again when it is its turn.
      if (node.phase !== "Pending") nodes.mark(node.name, "Error", "pod deleted");
      continue;
    }
    assess(context, node, pod);
    if (node.phase === "Running") isRunning = true;
    if (isFulfilled(node) || isOver(pod)) continue;
    if (mayExecute(context, pod.metadata.labels?.[ON_EXIT_LABEL] === "true")) continue;
    stop(context, pod);
    nodes.mark(node.name, "Failed", `workflow shutdown with strategy:  ${spec.shutdown ?? ""}`);
  }
  setCondition(status, "PodRunning", isRunning);
}

/** Gates that a shutdown does not let anybody decide any more. */
export function failGates(context: WorkflowContext): void {
  const { nodes, spec, workflow } = context;
  for (const node of nodes.all()) {
    const isOnExit = node.name.startsWith(`${workflow.metadata.name}.onExit`);
    if (node.type === "Suspend" && node.phase === "Running" && !mayExecute(context, isOnExit))
      nodes.mark(node.name, "Failed", `Stopped with strategy '${spec.shutdown ?? ""}'`);
  }
}

function assess({ nodes, spec }: WorkflowContext, node: NodeStatus, pod: KubernetesObject): void {
  const { nodeName } = podSpecOf(pod);
  if (nodeName !== undefined) node.hostNodeName = nodeName;
  const phase = (podStatusOf(pod).phase ?? "Pending") as NodePhase;
  if (phase === "Pending") {
    const message = pendingReason(pod);
    if (message === "") delete node.message;
    else node.message = message;
    node.phase = "Pending";
    return;
  }
  if (node.phase === "Pending") delete node.message;
  const { exitCode } = mainStatus(pod)?.state?.terminated ?? {};
  if (exitCode !== undefined) node.outputs = { ...node.outputs, exitCode: String(exitCode) };
  if (phase === "Failed") {
    nodes.mark(node.name, "Failed", failedReason(pod));
    return;
  }
  if (phase === "Succeeded") {
    const declared =
      spec.templates?.find(({ name }) => name === node.templateName)?.outputs?.parameters ?? [];
    if (declared.length > 0) node.outputs = { ...node.outputs, parameters: reported(declared, pod) };
  }
  nodes.mark(node.name, phase);
}

/** The controller's own order: what a container waits for, else why the pod is not placed. */
function pendingReason(pod: KubernetesObject): string {
  const { containerStatuses = [], conditions = [] } = podStatusOf(pod);
  const waiting = containerStatuses.map(({ state }) => state?.waiting).find(Boolean);
  if (waiting !== undefined)
    return waiting.message === undefined ? waiting.reason : `${waiting.reason}: ${waiting.message}`;
  const unplaced = conditions.find(({ reason }) => reason === "Unschedulable");
  return unplaced === undefined ? "" : `Unschedulable: ${unplaced.message ?? ""}`;
}

const mainStatus = (pod: KubernetesObject) =>
  podStatusOf(pod).containerStatuses?.find(({ name }) => name === "main");

function failedReason(pod: KubernetesObject): string {
  const { reason = "Error", exitCode = 1 } = mainStatus(pod)?.state?.terminated ?? {};
  return `main: ${reason} (exit code ${exitCode})`;
}

function reported(declared: readonly Parameter[], pod: KubernetesObject): readonly Parameter[] {
  let given: Readonly<Record<string, string | number | boolean>> = {};
  try {
    given = JSON.parse(pod.metadata.annotations?.[OUTPUTS_ANNOTATION] ?? "{}") as typeof given;
  } catch {
    // As a script that writes nothing.
  }
  return declared.map(({ valueFrom, ...parameter }) => ({
    ...parameter,
    value: String(given[parameter.name] ?? valueFrom?.default ?? parameter.value ?? ""),
  }));
}

/** One that has not begun goes; the containers of others are told to stop. */
function stop({ control }: WorkflowContext, pod: KubernetesObject): void {
  if (podStatusOf(pod).phase === "Running") endPod(control, pod, SIGTERM_EXIT_CODE);
  else control.writer.remove(POD, pod, { gracePeriodSeconds: 0 });
}
