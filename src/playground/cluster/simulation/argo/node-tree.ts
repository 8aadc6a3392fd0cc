import { isFulfilled, type NodePhase, type NodeStatus, type NodeType } from "./argo-shapes.ts";

export type NodeTree = ReturnType<typeof createNodeTree>;

/** The nodes of one workflow, found by their path ("wf.sft(1)") and written as the controller writes them. Changes what it is given. */
export function createNodeTree(workflow: string, nodes: Record<string, NodeStatus>, now: () => string) {
  const idOf = (name: string): string => (name === workflow ? name : `${workflow}-${fnv1a(name)}`);
  const get = (name: string): NodeStatus | undefined => nodes[idOf(name)];
  const must = (name: string): NodeStatus => {
    const node = get(name);
    if (node === undefined) throw new Error(`workflow ${workflow} has no node ${name}`);
    return node;
  };

  /** What a node is left through: itself, or the last of what is in it. */
  function outboundOf(node: NodeStatus): string[] {
    const children = node.children ?? [];
    if (node.type === "Pod" || node.type === "Suspend" || node.type === "Skipped") return [node.id];
    const within =
      node.type === "Retry" ? children.slice(-1) : node.type === "TaskGroup" ? children : node.outboundNodes;
    const found = (within ?? []).flatMap((id) => {
      const child = nodes[id];
      return child === undefined ? [] : outboundOf(child);
    });
    return found.length === 0 ? [node.id] : found;
  }

  return {
    all: (): NodeStatus[] => Object.values(nodes),
    idOf,
    get,
    must,
    byId: (id: string): NodeStatus | undefined => nodes[id],
    add(
      name: string,
      type: NodeType,
      phase: NodePhase,
      more: Partial<
        Pick<NodeStatus, "templateName" | "boundaryID" | "message" | "inputs" | "outputs" | "nodeFlag">
      >,
    ): NodeStatus {
      const time = now();
      const node: NodeStatus = {
        id: idOf(name),
        name,
        displayName: displayNameOf(name, workflow),
        type,
        templateScope: `local/${workflow}`,
        phase,
        ...more,
        startedAt: time,
        finishedAt: isFulfilled({ phase }) ? time : null,
        ...((type === "Pod" || type === "Suspend") && { progress: "0/1" }),
      };
      nodes[node.id] = node;
      return node;
    },
    /** Without a message the old one stays. */
    mark(name: string, phase: NodePhase, message?: string): NodeStatus {
      const node = must(name);
      node.phase = phase;
      if (message !== undefined) node.message = message;
      if (isFulfilled(node) && node.finishedAt === null) node.finishedAt = now();
      return node;
    },
    connect(parent: NodeStatus, childName: string): void {
      const id = idOf(childName);
      if (parent.children?.includes(id) !== true) parent.children = [...(parent.children ?? []), id];
    },
    outboundOf,
  };
}

/** "wf.train(0)" is "train(0)", "wf[1]" is "[1]"; the workflow's own and its exit handler's are whole. */
function displayNameOf(name: string, workflow: string): string {
  if (name === workflow || name === `${workflow}.onExit`) return name;
  return (
    /(\[\d+\])$/.exec(name)?.[1] ??
    name
      .slice(workflow.length)
      .split(/\.(?![^(]*\))/)
      .at(-1) ??
    name
  );
}

/** FNV-1a, 32 bits: how the controller turns a node's path into its id. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
