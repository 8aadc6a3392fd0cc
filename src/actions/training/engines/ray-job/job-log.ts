import { ClusterForbiddenError, ClusterUnavailableError } from "../../../cluster-ports.ts";
import type { PlatformObject } from "../../../ports.ts";
import type { LogLine, LogOptions } from "../../engine-ports.ts";
import type { RunView } from "../create-kubernetes-engine.ts";
import { listPods } from "../pods-of-run.ts";
import type { RayDashboard } from "./ray-dashboard-port.ts";
import { selectedCluster } from "./ray-job-objects.ts";
import { rayStatusOf } from "./ray-job-state.ts";

const RAY_JOBS = { group: "ray.io", version: "v1", resource: "rayjobs" } as const;
const SUBMITTER = "ray-job-submitter";
const DEFAULT_LINES = 100;

/** The submitter first: it prints what the job prints. Then the head, then the workers. */
export async function podsOfRayJob(view: RunView, job?: PlatformObject): Promise<readonly PlatformObject[]> {
  const { name, namespace } = view.ref;
  const known = job ?? (await view.cluster.get({ ...RAY_JOBS, namespace, name }, view.as));
  const { rayClusterName } = known === undefined ? {} : rayStatusOf(known);
  const [submitters, nodes] = await Promise.all([
    listPods(view, `job-name=${name}`),
    // A standing cluster is not the run's: nobody waits for its pods.
    known === undefined || !rayClusterName || selectedCluster(known) !== undefined
      ? []
      : listPods(view, `ray.io/cluster=${rayClusterName}`, (pod) =>
          pod.metadata.labels?.["ray.io/node-type"] === "head" ? 0 : 1,
        ),
  ]);
  return [...submitters, ...nodes];
}

/** The last lines of what the job has printed, cheapest way first; none where nobody can tell. */
export async function tailOfJob(
  dashboard: RayDashboard,
  view: RunView,
  job: PlatformObject,
  pods: readonly PlatformObject[],
  tailLines: number,
): Promise<readonly string[]> {
  const submitter = pods.find((pod) => containerOf(pod) === SUBMITTER);
  if (submitter === undefined) return (await dashboardLog(dashboard, view, job))?.slice(-tailLines) ?? [];
  const target = { namespace: view.ref.namespace, pod: submitter.metadata.name, container: SUBMITTER };
  const lines: string[] = [];
  for await (const line of view.cluster.logs(target, view.as, { tailLines })) lines.push(line);
  return lines;
}

/** From Ray itself; where it does not answer, from the pods. */
export async function* logsOfRayJob(
  dashboard: RayDashboard,
  view: RunView,
  options: LogOptions,
): AsyncIterable<LogLine> {
  const { name, namespace } = view.ref;
  const job = await view.cluster.get({ ...RAY_JOBS, namespace, name }, view.as);
  if (job === undefined) return;
  const lines = await dashboardLog(dashboard, view, job);
  if (lines !== undefined && lines.length > 0) {
    for (const text of lines.slice(-(options.tailLines ?? DEFAULT_LINES)))
      yield { pod: rayStatusOf(job).jobId ?? name, text };
    return;
  }
  for (const pod of await podsOfRayJob(view, job)) {
    const container = containerOf(pod);
    const target = { namespace, pod: pod.metadata.name, ...(container !== undefined && { container }) };
    for await (const text of view.cluster.logs(target, view.as, options))
      yield { pod: pod.metadata.name, text };
  }
}

/** Undefined where the dashboard is away, closed to this person, or knows no such job: the pods are asked then. */
async function dashboardLog(
  dashboard: RayDashboard,
  { ref, as }: RunView,
  job: PlatformObject,
): Promise<readonly string[] | undefined> {
  const { jobId, rayClusterName } = rayStatusOf(job);
  if (!jobId || !rayClusterName) return undefined;
  const { cluster, namespace } = ref;
  try {
    return await dashboard.log({ cluster, namespace, rayCluster: rayClusterName }, jobId, as);
  } catch (error) {
    if (error instanceof ClusterUnavailableError || error instanceof ClusterForbiddenError) return undefined;
    throw error;
  }
}

/** The one that submits, in a pod of its own or beside the head; else the first one. */
function containerOf(pod: PlatformObject): string | undefined {
  const { containers = [] } = (pod["spec"] ?? {}) as { containers?: { name: string }[] };
  return (containers.find(({ name }) => name === SUBMITTER) ?? containers[0])?.name;
}
