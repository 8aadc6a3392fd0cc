import type { Cluster } from "../../cluster-ports.ts";
import type { Identity } from "../../ports.ts";
import type { RunDetail, RunObservation } from "../engine-ports.ts";
import type { RunRow } from "../find-run.ts";
import { findInQueue } from "./find-in-queue.ts";

/** Places move slowly: they are looked up once a minute for each run. */
const LOOK_EVERY_MS = 60_000;

/** A run that a queue of Kueue holds back is not suspended by anybody: it waits, at its place. */
export async function withQueuePlace(
  cluster: Cluster | undefined,
  run: Pick<RunRow, "namespace" | "uid" | "detail" | "observed_at">,
  observation: RunObservation,
  as: Identity,
  now: Date,
): Promise<RunObservation> {
  const { suspended, ...detail } = observation.detail ?? {};
  const uid = run.uid ?? observation.uid;
  if (cluster === undefined || uid === undefined || observation.state !== "queued" || suspended !== true)
    return observation;
  const known = (run.detail as RunDetail | null)?.queue;
  const period = (at: Date | null) => Math.floor((at?.getTime() ?? 0) / LOOK_EVERY_MS);
  const isKnown = known !== undefined && period(run.observed_at) === period(now);
  const queue = isKnown ? known : (await findInQueue(cluster, { namespace: run.namespace, uid }, as))?.place;
  return queue === undefined ? observation : { ...observation, detail: { ...detail, queue } };
}
