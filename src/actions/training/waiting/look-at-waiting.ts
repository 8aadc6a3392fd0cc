import {
  ClusterForbiddenError,
  ClusterUnavailableError,
  type Cluster,
  type GpuNode,
} from "../../cluster-ports.ts";
import type { Identity, PlatformObject } from "../../ports.ts";
import type { RunRow } from "../find-run.ts";
import type { RunDetail } from "../engine-ports.ts";
import { REQUEST_ID_LABEL } from "../object-labels.ts";
import type { WaitingFacts } from "./explain-waiting.ts";
import { findInQueue, type FoundInQueue } from "./find-in-queue.ts";
import { readPods, type PodFacts } from "./pods-that-wait.ts";

const CORE = { group: "", version: "v1" } as const;

export interface WaitingLook {
  facts: WaitingFacts;
  inQueue: FoundInQueue | undefined;
  nodes: readonly GpuNode[] | undefined;
}

/**
 * Asks the cluster, as the person, why a run waits. What may not be seen is left out; only a cluster that does not answer at all
 * is thrown as ClusterUnavailableError.
 */
export async function lookAtWaiting(
  cluster: Cluster,
  run: Pick<RunRow, "id" | "namespace" | "name" | "uid" | "gpus" | "detail" | "reason">,
  as: Identity,
): Promise<WaitingLook> {
  const { namespace } = run;
  const [pods, nodes, inQueue] = await Promise.all([
    ifAllowed(() =>
      cluster.list({ ...CORE, resource: "pods", namespace }, as, {
        labelSelector: `${REQUEST_ID_LABEL}=${run.id}`,
      }),
    ),
    ifAllowed(async () => (await cluster.status(as)).nodes),
    run.uid === null ? undefined : findInQueue(cluster, { namespace, uid: run.uid }, as),
  ]);
  const ofPods = readPods(pods ?? []);
  const refusal = await refusalOf(cluster, run, pods ?? [], ofPods, as);
  const gpuType = ofPods.gpuType ?? inQueue?.gpuType;
  const suspended = (run.detail as RunDetail | null)?.suspended === true && inQueue === undefined;
  // Engines without pods of their own still have the platform's words in the row.
  const schedulerWords =
    ofPods.schedulerWords ?? (pods?.length === 0 ? (run.reason ?? undefined) : undefined);
  return {
    inQueue,
    nodes,
    facts: {
      podGpus: ofPods.podGpus ?? inQueue?.podGpus ?? run.gpus,
      ...(gpuType !== undefined && { gpuType }),
      ...(inQueue !== undefined && { queue: inQueue.place }),
      ...(suspended && { suspended }),
      ...(ofPods.imagePull !== undefined && { imagePull: ofPods.imagePull }),
      ...(refusal !== undefined && { refusal }),
      ...(refusal === undefined &&
        schedulerWords !== undefined &&
        schedulerWords !== "" && { schedulerWords }),
      ...(nodes !== undefined && { nodes }),
    },
  };
}

/** The latest warning about the run, where no pod could be made, or about a pod that has its node and does not start. */
async function refusalOf(
  cluster: Cluster,
  run: Pick<RunRow, "namespace" | "uid">,
  pods: readonly PlatformObject[],
  { placed }: PodFacts,
  as: Identity,
): Promise<string | undefined> {
  const uid = placed === undefined ? run.uid : (placed.metadata as { uid?: string }).uid;
  if (uid === undefined || uid === null || (pods.length > 0 && placed === undefined)) return undefined;
  const events = await ifAllowed(() =>
    cluster.list({ ...CORE, resource: "events", namespace: run.namespace }, as, {
      fieldSelector: `involvedObject.uid=${uid}`,
    }),
  );
  const warnings = (events ?? [])
    .map((event) => event as PlatformObject & { type?: string; message?: string; lastTimestamp?: string })
    .filter(({ type, message }) => type === "Warning" && message !== undefined)
    .toSorted((a, b) => (b.lastTimestamp ?? "").localeCompare(a.lastTimestamp ?? ""));
  return warnings[0]?.message;
}

async function ifAllowed<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return undefined;
    throw error;
  }
}

/** Whether an outage keeps from looking. */
export const isAway = (error: unknown): error is ClusterUnavailableError =>
  error instanceof ClusterUnavailableError;
