import { createHash } from "node:crypto";
import type { Selectable } from "kysely";
import type { PlatformObject } from "../actions/ports.ts";
import type { TrainingEngine } from "../actions/training/engine-ports.ts";
import { canonicalJson } from "../store/audit.ts";
import type { Database, RunState } from "../store/database.ts";

export type WatchedRun = Pick<
  Selectable<Database["runs"]>,
  "id" | "cluster" | "namespace" | "name" | "engine" | "uid" | "state" | "observed_at"
>;

/** What a watch last said of an object, as far as it tells of a run. */
export interface SeenObject {
  digest: string;
  uid: string | undefined;
  /** Undefined where nobody can read it, and of one that is gone. */
  state: RunState | undefined;
  /** Not seen before by this process. */
  isFirst: boolean;
}

/** Undefined: nothing that a run shows has changed. */
export function seeObject(
  engine: Pick<TrainingEngine, "read">,
  object: PlatformObject | undefined,
  before: string | undefined,
): SeenObject | undefined {
  if (object === undefined) return { digest: "gone", uid: undefined, state: undefined, isFirst: false };
  const observation = engine.read?.(object);
  const { uid, resourceVersion } = object.metadata as { uid?: string; resourceVersion?: string };
  const shown = observation === undefined ? resourceVersion : canonicalJson(observation);
  const digest = createHash("sha256")
    .update(`${uid ?? ""} ${shown ?? ""}`)
    .digest("base64")
    .slice(0, 16);
  return digest === before
    ? undefined
    : { digest, uid, state: observation?.state, isFirst: before === undefined };
}

/** Whether it has to be looked at for what was seen. What this process sees first is mostly in its row already. */
export function isNews(
  run: Pick<WatchedRun, "uid" | "state" | "observed_at">,
  { state, uid, isFirst }: SeenObject,
): boolean {
  if (!isFirst || state === undefined || run.observed_at === null) return true;
  if (run.uid !== null && uid !== run.uid) return true;
  switch (state) {
    case "queued":
      return run.state === "running";
    // Whether it waits or runs is then told by its pods alone.
    case "starting":
      return false;
    case "running":
      return run.state !== "running";
    case "succeeded":
    case "failed":
    case "cancelled":
    case "lost":
      return true;
  }
  return state satisfies never;
}
