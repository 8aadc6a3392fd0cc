import type { GpuNode } from "../../cluster-ports.ts";
import type { Cost } from "../../rate-table.ts";
import { middleHalf, NEEDED_WAITS } from "./estimate-start.ts";
import { nodesOfType } from "./explain-waiting.ts";

/** A quota that counts GPUs, with this start in it. More in use than the limit: it has to wait. */
export interface QuotaUse {
  name: string;
  used: number;
  limit: number;
}

/** When a start could begin to run. */
export type PreviewStart =
  | { kind: "now" }
  /** What the middle half of the similar runs waited. */
  | { kind: "after"; fromHours: number; toHours: number; waits: number }
  | { kind: "no-history"; waits: number; needed: number }
  /** No node has as many GPUs of that type as one pod asks for. */
  | { kind: "never"; gpus: number; largest: number };

/** What a start costs, leaves and may have to wait for; what is not known is absent. Kept as JSON. */
export interface PreviewOutlook {
  /** GPUs of the largest pod: one node has to have them. */
  podGpus?: number;
  start?: PreviewStart;
  quotaAfter?: readonly QuotaUse[];
  cost?: Cost;
}

export function foreseeStart(options: {
  /** GPUs of each pod. */
  podGpus: readonly number[];
  gpuType: string | undefined;
  nodes: readonly GpuNode[];
  quotaAfter: readonly QuotaUse[];
  /** Of similar runs, in milliseconds. */
  waits: readonly number[];
}): PreviewStart {
  const { podGpus, gpuType, nodes, quotaAfter, waits } = options;
  const fitting = nodesOfType(nodes, gpuType);
  const gpus = Math.max(0, ...podGpus);
  const largest = Math.max(0, ...fitting.map(({ total }) => total));
  if (largest < gpus) return { kind: "never", gpus, largest };
  if (quotaAfter.every(({ used, limit }) => used <= limit) && fitsNow(podGpus, fitting))
    return { kind: "now" };
  if (waits.length < NEEDED_WAITS) return { kind: "no-history", waits: waits.length, needed: NEEDED_WAITS };
  const [from, to] = middleHalf(waits);
  return { kind: "after", fromHours: from / 3_600_000, toHours: to / 3_600_000, waits: waits.length };
}

/** Whether all pods find room at the same time: the largest first, each where least is left over. */
export function fitsNow(podGpus: readonly number[], nodes: readonly GpuNode[]): boolean {
  const free = nodes.filter(({ ready }) => ready).map(({ total, allocated }) => total - allocated);
  return podGpus
    .toSorted((a, b) => b - a)
    .every((gpus) => {
      const room = free
        .map((left, index) => ({ left, index }))
        .filter(({ left }) => left >= gpus)
        .toSorted((a, b) => a.left - b.left)[0];
      if (room !== undefined) free[room.index] = room.left - gpus;
      return gpus === 0 || room !== undefined;
    });
}
