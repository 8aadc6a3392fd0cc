import { ApiError } from "../../errors/api-error.ts";
import { typeOfKind } from "../../objects/resource-types.ts";
import { componentWriter } from "../cluster-control.ts";
import type { NodeStatus } from "./argo-shapes.ts";
import { nodeOrigin, type Prepared } from "./prepared-template.ts";
import { podNameOf, workflowPod } from "./workflow-pod.ts";
import { unresolvedIn } from "./substitute.ts";
import { CONTROLLER, mayExecute, TemplateError, type WorkflowContext } from "./workflow-context.ts";

const POD = typeOfKind("Pod");

/** A node that becomes a pod. Made again where it has vanished before it ran. */
export function executePod(
  context: WorkflowContext,
  nodeName: string,
  prepared: Prepared,
): NodeStatus | undefined {
  const { nodes, control, workflow, spec } = context;
  const { template, call, attempt } = prepared;
  const known = nodes.get(nodeName);
  const podName = podNameOf(workflow.metadata.name, nodeName, template.name ?? "");
  if (control.store.get(POD.storage, workflow.metadata.namespace, podName) !== undefined) return known;
  if (known === undefined && spec.parallelism !== undefined && context.activePods >= spec.parallelism)
    return undefined;
  const node = known ?? nodes.add(nodeName, "Pod", "Pending", nodeOrigin(prepared));
  if (!mayExecute(context, call.onExit))
    return nodes.mark(nodeName, "Failed", `workflow shutdown with strategy: ${spec.shutdown ?? ""}`);
  const pod = workflowPod(context, { name: podName, node, template, onExit: call.onExit, attempt });
  const missing = unresolvedIn(pod["spec"]);
  if (missing !== undefined) throw new TemplateError(`failed to resolve {{${missing}}}`);
  try {
    control.writer.create(POD, pod, { writer: componentWriter(CONTROLLER, POD) });
    context.activePods += 1;
  } catch (error) {
    // What the API refuses; everything else is a mistake of the simulation.
    if (!(error instanceof ApiError)) throw error;
    return nodes.mark(nodeName, "Error", error.message);
  }
  return node;
}
