import { ClusterForbiddenError, type Cluster, type ObjectRef } from "../../../cluster-ports.ts";
import type { Identity } from "../../../ports.ts";
import type { ControlOutcome, RunGate } from "../../engine-ports.ts";
import { packNodes, readNodes } from "./read-nodes.ts";
import type { Workflow, WorkflowNode, WorkflowNodes, WorkflowParameter } from "./workflow-shapes.ts";

/** A change by the controller or by somebody else in between; then it is looked at again. */
const MOST_ATTEMPTS = 2;

/** Suspend nodes that wait now. */
export function activeGates(nodes: WorkflowNodes): readonly RunGate[] {
  return Object.values(nodes)
    .filter(isActiveGate)
    .map((node) => {
      const message = messageOf(node);
      return {
        id: node.id,
        name: node.displayName ?? node.name,
        ...(message !== undefined && { message }),
      };
    });
}

const isActiveGate = (node: WorkflowNode): boolean => node.type === "Suspend" && node.phase === "Running";

/** What the controller says, else an input named "message", else the description of an input. */
function messageOf({ message = "", inputs }: WorkflowNode): string | undefined {
  if (message !== "") return message;
  const parameters = inputs?.parameters ?? [];
  const told = parameters.find(({ name }) => name === "message")?.value;
  if (told !== undefined && told !== "") return String(told);
  return parameters.find(({ description }) => description !== undefined)?.description;
}

/**
 * Writes a gate's end into the workflow, as `argo resume` and `argo stop --node-field-selector` do: the kind has no status subresource.
 * Only if nothing has changed since it was read.
 */
export async function decideGate(
  { cluster, ref, as }: { cluster: Cluster; ref: ObjectRef & { uid?: string }; as: Identity },
  gate: string,
  decision: "approve" | "reject",
  now: Date,
): Promise<ControlOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    let object: Workflow | undefined;
    try {
      object = await cluster.get(ref, as);
    } catch (error) {
      if (error instanceof ClusterForbiddenError) return { kind: "forbidden", message: error.message };
      throw error;
    }
    const metadata = object?.metadata as { uid?: string; resourceVersion?: string } | undefined;
    if (object === undefined || (ref.uid !== undefined && metadata?.uid !== ref.uid))
      return { kind: "not-found" };
    const read = readNodes(object.status ?? {});
    if (read.kind === "unreadable") return { kind: "not-possible", message: read.message };
    const node = read.nodes[gate];
    if (node === undefined || !isActiveGate(node))
      return node?.type === "Suspend"
        ? { kind: "unchanged" }
        : { kind: "not-possible", message: "there is no such gate" };
    const outputs = decision === "approve" ? suppliedOutputs(node) : undefined;
    if (typeof outputs === "string") return { kind: "not-possible", message: outputs };
    const change = {
      phase: decision === "approve" ? ("Succeeded" as const) : ("Failed" as const),
      finishedAt: `${now.toISOString().slice(0, 19)}Z`,
      message: `${decision === "approve" ? "approved" : "rejected"} by ${as.user}`,
      ...(outputs !== undefined && { outputs: { ...node.outputs, parameters: outputs } }),
    };
    // Plain nodes beside packed ones would hide all the others from the controller.
    const status = read.packed
      ? { compressedNodes: packNodes({ ...read.nodes, [gate]: { ...node, ...change } }) }
      : { nodes: { [gate]: change } };
    const precondition =
      metadata?.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion };
    const patched = await cluster.patch(ref, { metadata: precondition, status }, as);
    if (patched.ok) return { kind: "done" };
    const { failure } = patched;
    if (failure.kind === "conflict" && attempt < MOST_ATTEMPTS) continue;
    if (failure.kind === "not-found") return { kind: "not-found" };
    return {
      kind: failure.kind === "forbidden" ? "forbidden" : "not-possible",
      message: failure.message,
    };
  }
}

/** Outputs that a person would supply take their defaults; undefined: there are none; a text: one has no default. */
function suppliedOutputs({ outputs }: WorkflowNode): readonly WorkflowParameter[] | string | undefined {
  const parameters = outputs?.parameters ?? [];
  const missing = parameters.find(
    ({ valueFrom }) => valueFrom?.supplied !== undefined && valueFrom.default === undefined,
  );
  if (missing !== undefined) return `the gate asks for "${missing.name}", which has no default`;
  if (!parameters.some(({ valueFrom }) => valueFrom !== undefined)) return undefined;
  return parameters.map(({ valueFrom, ...parameter }) =>
    valueFrom?.default === undefined
      ? { ...parameter, ...(valueFrom !== undefined && { valueFrom }) }
      : { ...parameter, value: valueFrom.default },
  );
}
