import type { ActionDeps } from "../define-action.ts";
import { ClusterForbiddenError, ClusterUnavailableError, type Cluster } from "../cluster-ports.ts";
import type { PlatformObject, Preview, Result } from "../ports.ts";
import type { SubmitFailure } from "./engine-ports.ts";

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

/** What the cluster itself says of the object, asked as the person; the three questions at the same time. */
export async function askCluster(options: {
  cluster: Cluster;
  object: PlatformObject;
  gpuType: string | undefined;
  deps: ActionDeps;
  access: { verb: string; group: string; resource: string };
  check(): Promise<Result<{ warnings: readonly string[] }, SubmitFailure>>;
}): Promise<Pick<Preview, "dryRun" | "allowed" | "freeGpus">> {
  const { cluster, deps, gpuType } = options;
  const as = deps.person.identity;
  const [dryRun, allowed, freeGpus] = await Promise.all([
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
      async () => {
        const { nodes } = await cluster.status(as);
        const fitting = nodes.filter(
          (node) => node.ready && (gpuType === undefined || node.gpuType === gpuType),
        );
        return fitting.reduce(
          (sum, node) => ({ free: sum.free + node.total - node.allocated, total: sum.total + node.total }),
          { free: 0, total: 0 },
        );
      },
      () => undefined,
    ),
  ]);
  return { dryRun, allowed, ...(freeGpus !== undefined && { freeGpus }) };
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
