import type { NodeStatus } from "./argo-shapes.ts";
import { nodeOrigin, type Prepared } from "./prepared-template.ts";
import { parseDurationMs } from "./parse-duration.ts";
import type { WorkflowContext } from "./workflow-context.ts";

/** Waits until somebody writes its end into the node, or until its time is over. */
export function executeSuspend(context: WorkflowContext, nodeName: string, prepared: Prepared): NodeStatus {
  const { nodes, control } = context;
  const { suspend, outputs } = prepared.template;
  const node =
    nodes.get(nodeName) ??
    nodes.add(nodeName, "Suspend", "Pending", {
      ...nodeOrigin(prepared),
      ...(outputs?.parameters !== undefined && { outputs: { parameters: outputs.parameters } }),
    });
  const { duration } = suspend ?? {};
  if (duration !== undefined && control.nowMs() > Date.parse(node.startedAt) + parseDurationMs(duration)) {
    const parameters = node.outputs?.parameters?.map(({ valueFrom, ...parameter }) => ({
      ...parameter,
      ...(valueFrom?.default === undefined ? { valueFrom } : { value: valueFrom.default }),
    }));
    if (parameters !== undefined) node.outputs = { ...node.outputs, parameters };
    return nodes.mark(nodeName, "Succeeded");
  }
  return nodes.mark(nodeName, "Running");
}
