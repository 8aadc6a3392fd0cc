import { gunzipSync, gzipSync } from "node:zlib";
import type { WorkflowNodes, WorkflowStatus } from "./workflow-shapes.ts";

/** Much more than any workflow that people look at; what unpacks to more is left packed. */
const MOST_UNPACKED_BYTES = 10 * 1_048_576;

export type ReadNodes =
  | { kind: "nodes"; nodes: WorkflowNodes; packed: boolean }
  /** The message says where they are. */
  | { kind: "unreadable"; message: string };

/**
 * The nodes of a workflow, packed or not. Plain ones win over packed ones, as in the controller's own reading. See
 * https://argo-workflows.readthedocs.io/en/latest/offloading-large-workflows/
 */
export function readNodes(status: WorkflowStatus): ReadNodes {
  const { nodes, compressedNodes = "", offloadNodeStatusVersion = "" } = status;
  if (nodes !== undefined && Object.keys(nodes).length > 0) return { kind: "nodes", nodes, packed: false };
  if (offloadNodeStatusVersion !== "")
    return {
      kind: "unreadable",
      message: "its steps are kept in Argo's own database and cannot be read here",
    };
  if (compressedNodes === "") return { kind: "nodes", nodes: {}, packed: false };
  try {
    const json = gunzipSync(Buffer.from(compressedNodes, "base64"), {
      maxOutputLength: MOST_UNPACKED_BYTES,
    }).toString("utf8");
    return { kind: "nodes", nodes: JSON.parse(json) as WorkflowNodes, packed: true };
  } catch {
    return { kind: "unreadable", message: "its steps are packed in a way that cannot be read here" };
  }
}

export function packNodes(nodes: WorkflowNodes): string {
  return gzipSync(JSON.stringify(nodes)).toString("base64");
}
