import type { Cluster } from "../../../cluster-ports.ts";
import type { PlatformObject } from "../../../ports.ts";
import type { ControlOutcome, RunObservation, TrainingEngine } from "../../engine-ports.ts";
import { createKubernetesEngine, type RunView } from "../create-kubernetes-engine.ts";
import { waitingReason } from "../pods-of-run.ts";
import { createDirectRuns, isDirectRef } from "./direct-runs.ts";
import { logsOfRayJob, podsOfRayJob, tailOfJob } from "./job-log.ts";
import type { RayDashboard } from "./ray-dashboard-port.ts";
import { footprintOfRayJob, isDirect, podTemplatesOf, suspensionOf } from "./ray-job-objects.ts";
import { readRayJob } from "./ray-job-state.ts";
import { withWhatIsPrinted } from "./what-is-printed.ts";

const NOT_DIRECT: ControlOutcome = {
  kind: "not-possible",
  message: "it runs on a standing Ray cluster, which is not suspended for one job",
};

/** KubeRay, https://docs.ray.io/en/latest/cluster/kubernetes/getting-started/rayjob-quick-start.html, and jobs on standing Ray clusters. */
export function createRayJobEngine(
  clusters: ReadonlyMap<string, Cluster>,
  dashboard: RayDashboard,
): TrainingEngine {
  const enrich = async (
    observation: RunObservation,
    job: PlatformObject,
    view: RunView,
  ): Promise<RunObservation> => {
    const { state, detail } = observation;
    // The trials of a sweep are told at its end too: the table stays with the run.
    const isOver = state === "succeeded" || state === "failed";
    if (state === "queued" || detail?.suspended === true) return observation;
    const pods = await podsOfRayJob(view, job);
    if (state === "starting") {
      const waiting = waitingReason(pods);
      return waiting.reason === undefined ? observation : { ...observation, ...waiting, state: "queued" };
    }
    if (state !== "running" && !isOver) return observation;
    return withWhatIsPrinted(observation, (lines) => tailOfJob(dashboard, view, job, pods, lines));
  };
  const kubernetes = createKubernetesEngine(clusters, {
    kind: "ray-job",
    resource: { group: "ray.io", version: "v1", resource: "rayjobs" },
    objectKind: "RayJob",
    // KubeRay's own limit: a longer one becomes ValidationFailed.
    maxNameLength: 47,
    container: "ray-job-submitter",
    podTemplates: podTemplatesOf,
    footprint: footprintOfRayJob,
    read: readRayJob,
    podsOf: (view) => podsOfRayJob(view),
    enrich,
    suspension: suspensionOf,
    logs: (view, options) => logsOfRayJob(dashboard, view, options),
  });
  const direct = createDirectRuns(dashboard);
  return {
    ...kubernetes,
    async check(object, cluster, as) {
      if (!isDirect(object)) return kubernetes.check(object, cluster, as);
      const checked = await direct.submit(object, cluster, as, { dryRun: true });
      return checked.ok ? { ok: true, value: { warnings: [] } } : checked;
    },
    submit: (object, cluster, as) =>
      isDirect(object)
        ? direct.submit(object, cluster, as, { dryRun: false })
        : kubernetes.submit(object, cluster, as),
    observe: (ref, as) => (isDirectRef(ref) ? direct.observe(ref, as) : kubernetes.observe(ref, as)),
    cancel: (ref, as) => (isDirectRef(ref) ? direct.cancel(ref, as) : kubernetes.cancel(ref, as)),
    suspend: async (ref, as) =>
      isDirectRef(ref) || kubernetes.suspend === undefined ? NOT_DIRECT : kubernetes.suspend(ref, as),
    resume: async (ref, as) =>
      isDirectRef(ref) || kubernetes.resume === undefined ? NOT_DIRECT : kubernetes.resume(ref, as),
    logs: (ref, as, options) =>
      isDirectRef(ref) ? direct.logs(ref, as, options) : kubernetes.logs(ref, as, options),
  };
}
