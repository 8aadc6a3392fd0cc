import type { Store } from "../../../store/database.ts";
import type { StartEstimate } from "./waiting-explanation.ts";

/** Fewer say nothing. */
export const NEEDED_WAITS = 5;
const AT_MOST = 200;
/** A start that had not to wait teaches nothing about waiting. */
const SHORTEST_WAIT_MS = 30_000;

/** How long runs of the same cluster waited that asked for about as many GPUs, in milliseconds, the latest first. */
export async function similarWaits(
  store: Store,
  { cluster, gpus, simulated }: { cluster: string; gpus: number; simulated: boolean },
): Promise<readonly number[]> {
  const { least, most } = gpuClass(gpus);
  const rows = await store
    .selectFrom("runs")
    .select(["created_at", "started_at"])
    .where("cluster", "=", cluster)
    // How long a simulated run waited says nothing about a real cluster.
    .where("simulated", "=", simulated)
    .where("gpus", ">=", least)
    .where("gpus", "<=", most)
    .where("started_at", "is not", null)
    .orderBy("created_at", "desc")
    .limit(AT_MOST * 5)
    .execute();
  return rows
    .map(({ created_at, started_at }) => (started_at?.getTime() ?? 0) - created_at.getTime())
    .filter((wait) => wait >= SHORTEST_WAIT_MS)
    .slice(0, AT_MOST);
}

/** 0, 1, 2, 3-4, 5-8, 9-16, …: what needs twice as many waits otherwise. */
export function gpuClass(gpus: number): { least: number; most: number } {
  if (gpus <= 0) return { least: 0, most: 0 };
  const most = 2 ** Math.ceil(Math.log2(gpus));
  return { least: Math.floor(most / 2) + 1, most };
}

/**
 * The middle half of the similar waits, counted from when it began to wait; only those count that were at least as long as this
 * one is already.
 */
export function estimateStart(waits: readonly number[], since: Date, now: Date): StartEstimate {
  if (waits.length < NEEDED_WAITS) return { kind: "no-history", waits: waits.length, needed: NEEDED_WAITS };
  const waitedMs = now.getTime() - since.getTime();
  const longer = waits.filter((wait) => wait > waitedMs);
  if (longer.length < NEEDED_WAITS) return { kind: "longer-than-usual", waits: waits.length };
  const [from, to] = middleHalf(longer);
  const after = (wait: number) => new Date(since.getTime() + wait);
  return { kind: "range", from: after(from), to: after(to), waits: longer.length };
}

/** The first and the third quartile. */
export function middleHalf(waits: readonly number[]): [from: number, to: number] {
  const sorted = waits.toSorted((a, b) => a - b);
  return [quantile(sorted, 0.25), quantile(sorted, 0.75)];
}

/** Of sorted numbers, with linear interpolation. */
function quantile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
