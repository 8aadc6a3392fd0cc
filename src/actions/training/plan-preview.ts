import type { ActionDeps } from "../define-action.ts";
import {
  ClusterForbiddenError,
  ClusterUnavailableError,
  type Cluster,
  type GpuNode,
} from "../cluster-ports.ts";
import type { PlatformObject, Preview, Result } from "../ports.ts";
import { costOf } from "../rate-table.ts";
import type { GpuFootprint, SubmitFailure } from "./engine-ports.ts";
import { similarWaits } from "./waiting/estimate-start.ts";
import { foreseeStart, type PreviewOutlook } from "./waiting/preview-outlook.ts";
import { readQuota } from "./waiting/read-quota.ts";

const MIN_HISTORY = 3;

/** Hours a stage takes: the median of its last nine that succeeded, if there are three; else what the catalogue says. A simulation teaches nothing. */
export async function expectHours(
  deps: Pick<ActionDeps, "store">,
  stage: { name: string; cluster: string; expectedHours: number },
  simulated: boolean,
): Promise<Pick<Preview, "hours" | "hoursFrom">> {
  const fromCatalogue = { hours: stage.expectedHours, hoursFrom: { kind: "catalogue" as const } };
  if (simulated) return fromCatalogue;
  const rows = await deps.store
    .selectFrom("runs")
    .select(["started_at", "ended_at"])
    .where("stage", "=", stage.name)
    .where("cluster", "=", stage.cluster)
    .where("simulated", "=", false)
    .where("state", "=", "succeeded")
    .where("started_at", "is not", null)
    .where("ended_at", "is not", null)
    .orderBy("ended_at", "desc")
    .limit(9)
    .execute();
  const hours = rows
    .map((row) => ((row.ended_at?.getTime() ?? 0) - (row.started_at?.getTime() ?? 0)) / 3_600_000)
    .filter((value) => value > 0)
    .toSorted((a, b) => a - b);
  const median = hours[Math.floor(hours.length / 2)];
  return median === undefined || hours.length < MIN_HISTORY
    ? fromCatalogue
    : { hours: median, hoursFrom: { kind: "history", runs: hours.length } };
}

/** What the cluster itself says of the object, asked as the person; all questions at the same time. */
export async function askCluster(options: {
  cluster: Cluster;
  object: PlatformObject;
  footprint: GpuFootprint;
  gpuHours: number;
  deps: ActionDeps;
  access: { verb: string; group: string; resource: string };
  check(): Promise<Result<{ warnings: readonly string[] }, SubmitFailure>>;
}): Promise<Pick<Preview, "dryRun" | "allowed" | "freeGpus" | "outlook">> {
  const { cluster, deps, footprint } = options;
  const { gpus, gpuType } = footprint;
  const as = deps.person.identity;
  const [dryRun, allowed, nodes, quotaAfter, waits] = await Promise.all([
    unlessAway(
      async (): Promise<Preview["dryRun"]> => {
        const checked = await options.check();
        return checked.ok
          ? { kind: "accepted", warnings: checked.value.warnings }
          : { kind: "refused", failure: checked.failure };
      },
      (message): Preview["dryRun"] => ({ kind: "unreachable", message }),
    ),
    unlessAway(
      async (): Promise<Preview["allowed"]> => {
        const review = await cluster.mayI(
          { ...options.access, namespace: options.object.metadata.namespace },
          as,
        );
        return review.allowed ? { kind: "yes" } : { kind: "no", reason: review.reason ?? "" };
      },
      (): Preview["allowed"] => ({ kind: "unknown" }),
    ),
    unlessAway(
      async () => (await cluster.status(as)).nodes,
      () => undefined,
    ),
    unlessAway(
      () => readQuota(cluster, { object: options.object, gpus, gpuType }, as),
      () => [],
    ),
    similarWaits(deps.store, { cluster: cluster.name, gpus, simulated: cluster.simulated }),
  ]);
  const cost = costOf(deps.rates, gpuType, options.gpuHours);
  const outlook: PreviewOutlook = {
    ...(footprint.podGpus !== undefined && { podGpus: Math.max(0, ...footprint.podGpus) }),
    ...(quotaAfter.length > 0 && { quotaAfter }),
    ...(cost !== undefined && { cost }),
    ...(nodes !== undefined &&
      gpus > 0 &&
      footprint.podGpus !== undefined && {
        start: foreseeStart({ podGpus: footprint.podGpus, gpuType, nodes, quotaAfter, waits }),
      }),
  };
  return { dryRun, allowed, outlook, ...(nodes !== undefined && { freeGpus: countFree(nodes, gpuType) }) };
}

function countFree(nodes: readonly GpuNode[], gpuType: string | undefined): NonNullable<Preview["freeGpus"]> {
  return nodes
    .filter((node) => node.ready && (gpuType === undefined || node.gpuType === gpuType))
    .reduce(
      (sum, node) => ({ free: sum.free + node.total - node.allocated, total: sum.total + node.total }),
      { free: 0, total: 0 },
    );
}

/** A preview is still worth seeing when the cluster is away, or shows the person less than it could. */
async function unlessAway<T>(ask: () => Promise<T>, away: (message: string) => T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ClusterUnavailableError || error instanceof ClusterForbiddenError)
      return away(error.message);
    throw error;
  }
}
