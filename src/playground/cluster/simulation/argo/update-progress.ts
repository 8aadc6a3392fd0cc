import type { NodeStatus } from "./argo-shapes.ts";
import type { WorkflowContext } from "./workflow-context.ts";

/** "2/5": pods and gates that are through, of those that there are by now; for the nodes above them the sum of what is below. */
export function updateProgress({ nodes, status }: WorkflowContext): void {
  const counted = nodes.all().filter(isCounted);
  for (const node of counted) node.progress = isThrough(node) ? "1/1" : "0/1";
  status.progress = textOf(counted);
  for (const node of nodes.all()) {
    if (isCounted(node)) continue;
    const below = new Set<NodeStatus>();
    const collect = ({ children = [] }: NodeStatus): void => {
      for (const child of children.flatMap((id) => nodes.byId(id) ?? []))
        if (!below.has(child)) {
          below.add(child);
          collect(child);
        }
    };
    collect(node);
    const within = [...below].filter(isCounted);
    if (within.length > 0) node.progress = textOf(within);
  }
}

const isCounted = ({ type }: NodeStatus): boolean => type === "Pod" || type === "Suspend";
const isThrough = ({ phase }: NodeStatus): boolean => phase === "Succeeded" || phase === "Skipped";
const textOf = (nodes: readonly NodeStatus[]): string => `${nodes.filter(isThrough).length}/${nodes.length}`;
