/** Why some of the nodes cannot take a pod. `nodes`: how many; absent where the scheduler gives no number. */
export type SchedulerCause =
  | { kind: "short"; resource: string; nodes: number }
  | { kind: "taint"; taint?: string; nodes: number }
  | { kind: "selector"; nodes: number }
  | { kind: "cordoned"; nodes: number }
  | { kind: "volume"; words: string; claim?: string; nodes?: number }
  | { kind: "other"; words: string; nodes?: number };

export interface SchedulerMessage {
  /** Nodes of the whole cluster. */
  nodes: number;
  causes: readonly SchedulerCause[];
}

/**
 * The text of a PodScheduled=False condition: "0/4 nodes are available: 2 Insufficient nvidia.com/gpu, 1 node(s) were
 * unschedulable. preemption: …". undefined: not of that form. What follows the first sentence is about preemption.
 */
export function parseSchedulerMessage(text: string): SchedulerMessage | undefined {
  if (text.startsWith("no nodes available to schedule pods")) return { nodes: 0, causes: [] };
  const [, total, list] = /^\d+\/(\d+) nodes are available: (.*?)\.(?:\s|$)/s.exec(text) ?? [];
  if (total === undefined || list === undefined) return undefined;
  return { nodes: Number(total), causes: list.split(/, (?=\d+ )/).map(causeOf) };
}

function causeOf(part: string): SchedulerCause {
  const [, counted, rest = part] = /^(\d+) (.*)$/s.exec(part) ?? [];
  const words = rest.trim();
  const nodes = Number(counted ?? 0);
  const some = counted === undefined ? {} : { nodes };
  if (/persistent ?volume|volume node affinity|unbound immediate|free storage/i.test(words)) {
    const claim = /persistentvolumeclaim "([^"]+)"/i.exec(words)?.[1];
    return { kind: "volume", words, ...(claim !== undefined && { claim }), ...some };
  }
  const resource =
    /^Insufficient (\S+)$/.exec(words)?.[1] ?? (words === "Too many pods" ? "pods" : undefined);
  if (resource !== undefined) return { kind: "short", resource, nodes };
  if (/untolerated taint/.test(words)) {
    // Older schedulers name it, "{key: value}"; that of 1.36 does not.
    const taint = /\{([^}]*)\}/.exec(words)?.[1]?.replace(/:\s*$/, "").replace(/:\s+/, "=");
    return { kind: "taint", ...(taint !== undefined && taint !== "" && { taint }), nodes };
  }
  if (/node affinity\/selector|node selector|affinity\/anti-affinity|affinity rules/.test(words))
    return { kind: "selector", nodes };
  if (/were unschedulable/.test(words)) return { kind: "cordoned", nodes };
  return { kind: "other", words, ...some };
}
