import { ClusterForbiddenError, ClusterUnavailableError, type Cluster } from "../../cluster-ports.ts";
import type { Identity } from "../../ports.ts";
import { nodesOfType } from "../waiting/explain-waiting.ts";
import { fitsNow } from "../waiting/preview-outlook.ts";

/** A start that waits until its GPUs are free. */
export interface Hold {
  /** "claim": the owner is asked and has ten minutes; "auto": it starts by itself. */
  start: "claim" | "auto";
  /** ISO time: given up then. */
  before: string;
  /** GPUs of each pod, and their type. */
  podGpus: readonly number[];
  gpuType?: string;
}

/** Where a hold stands; kept as JSON. */
export type HoldProgress =
  | { state: "waiting" }
  /** The GPUs are there; the owner may claim them until then. */
  | { state: "offered"; until: string }
  /** Not claimed in time: offered again from then on, if they are there. */
  | { state: "missed"; again: string };

export type HoldDecision = { kind: "go" } | { kind: "expired" } | { kind: "hold"; progress: HoldProgress };

const CLAIM_MS = 600_000;
/** Others have their turn before the same person is asked again. */
const PAUSE_MS = 1_800_000;

/** What becomes of a hold now. Pure. */
export function decideHold(
  hold: Hold,
  progress: HoldProgress | undefined,
  { now, fits, claimed }: { now: Date; fits: boolean; claimed: boolean },
): HoldDecision {
  if (claimed) return { kind: "go" };
  if (now.getTime() >= Date.parse(hold.before)) return { kind: "expired" };
  if (progress?.state === "offered") {
    if (now.getTime() < Date.parse(progress.until)) return { kind: "hold", progress };
    const again = new Date(now.getTime() + PAUSE_MS).toISOString();
    return { kind: "hold", progress: { state: "missed", again } };
  }
  if (progress?.state === "missed" && now.getTime() < Date.parse(progress.again))
    return { kind: "hold", progress };
  if (!fits) return { kind: "hold", progress: { state: "waiting" } };
  if (hold.start === "auto") return { kind: "go" };
  const until = Math.min(now.getTime() + CLAIM_MS, Date.parse(hold.before));
  return { kind: "hold", progress: { state: "offered", until: new Date(until).toISOString() } };
}

/** Whether the GPUs are free now, as the person sees the cluster. A cluster that does not tell has none. */
export async function isRoom(cluster: Cluster | undefined, hold: Hold, as: Identity): Promise<boolean> {
  if (cluster === undefined) return false;
  try {
    const { nodes, waiting } = await cluster.status(as);
    // Who waits already comes first.
    return waiting.length === 0 && fitsNow(hold.podGpus, nodesOfType(nodes, hold.gpuType));
  } catch (error) {
    if (error instanceof ClusterUnavailableError || error instanceof ClusterForbiddenError) return false;
    throw error;
  }
}
