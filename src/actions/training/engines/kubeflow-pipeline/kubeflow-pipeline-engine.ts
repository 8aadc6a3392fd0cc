import { ClusterForbiddenError, type Cluster } from "../../../cluster-ports.ts";
import type { Identity } from "../../../ports.ts";
import type {
  CancelOutcome,
  ControlOutcome,
  LogLine,
  RunObservation,
  RunRef,
  TrainingEngine,
} from "../../engine-ports.ts";
import { footprintOf } from "../pod-templates.ts";
import { waitingReason } from "../pods-of-run.ts";
import { renderObject } from "../render-object.ts";
import type { KubeflowPipelines, PipelineRun, PipelineVersion } from "./kubeflow-pipelines-port.ts";
import { failureOfPods, podsOfPipelineRun } from "./pods-of-pipeline-run.ts";
import { readPipelineRun } from "./read-pipeline-run.ts";
import { findRun, resolvePipeline, submitPipelineRun } from "./submit-pipeline-run.ts";

/** A run's step trains in this container, https://argo-workflows.readthedocs.io/en/latest/ */
const CONTAINER = "main";
/** In a stage's template: which GPUs its steps ask for. */
const GPU_TYPE_ANNOTATION = "jibsa.dev/gpu-type";
const VERSIONS_KEPT = 200;
const ENDED = ["SUCCEEDED", "SKIPPED", "FAILED", "CANCELED"];

const KIND = {
  resource: { group: "pipelines.kubeflow.org", version: "v2beta1" },
  objectKind: "PipelineRun",
  maxNameLength: 63,
  podTemplates: () => [],
};

/** Kubeflow Pipelines v2: a run is a record of its API server and no object in the cluster. */
export function createKubeflowPipelineEngine(
  clusters: ReadonlyMap<string, Cluster>,
  installations: ReadonlyMap<string, KubeflowPipelines>,
): TrainingEngine {
  const versions = new Map<string, PipelineVersion>();
  const pipelinesOf = (cluster: string): KubeflowPipelines => {
    const found = installations.get(cluster);
    if (found === undefined) throw new Error(`cluster ${cluster} has no kubeflowPipelines in the settings`);
    return found;
  };

  /** Undefined: it is gone. */
  async function find(ref: RunRef, as: Identity): Promise<PipelineRun | undefined> {
    const pipelines = pipelinesOf(ref.cluster);
    const found =
      ref.uid === undefined
        ? await pipelines.findRuns(ref.name, ref.namespace, as)
        : await pipelines.getRun(ref.uid, as);
    if (found.ok) return "runId" in found.value ? found.value : found.value[0];
    if (found.failure.kind === "not-found") return undefined;
    throw found.failure.kind === "forbidden"
      ? new ClusterForbiddenError(found.failure.message)
      : new Error(found.failure.message);
  }

  /** Never changes, so it is asked for once. A run is told without it, too. */
  async function versionOf(
    run: PipelineRun,
    ref: RunRef,
    as: Identity,
  ): Promise<PipelineVersion | undefined> {
    if (run.version === undefined || run.tasks === undefined) return undefined;
    const key = `${ref.cluster}/${run.version.versionId}`;
    const known = versions.get(key);
    if (known !== undefined) return known;
    const asked = await pipelinesOf(ref.cluster).getVersion(run.version, as);
    if (!asked.ok) return undefined;
    if (versions.size >= VERSIONS_KEPT) versions.clear();
    versions.set(key, asked.value);
    return asked.value;
  }

  /** Why it waits or failed, where the API says no more than that it does. */
  async function withPods(
    observation: RunObservation,
    run: PipelineRun,
    ref: RunRef,
    as: Identity,
  ): Promise<RunObservation> {
    const cluster = clusters.get(ref.cluster);
    const isOpen = observation.state === "queued" || observation.state === "running";
    if (cluster === undefined || !(isOpen || observation.state === "failed")) return observation;
    const namespace = pipelinesOf(ref.cluster).podNamespace(ref.namespace);
    try {
      const pods = await podsOfPipelineRun(cluster, { runId: run.runId, namespace, as });
      if (isOpen) return { ...waitingReason(pods.map(({ pod }) => pod)), ...observation };
      return { ...observation, reason: failureOfPods(pods) ?? observation.reason ?? "" };
    } catch (error) {
      // Who may not see pods sees the run all the same.
      if (error instanceof ClusterForbiddenError) return observation;
      throw error;
    }
  }

  async function findForChange(
    ref: RunRef,
    as: Identity,
  ): Promise<PipelineRun | { kind: "not-found" } | { kind: "forbidden"; message: string }> {
    try {
      return (await find(ref, as)) ?? { kind: "not-found" };
    } catch (error) {
      if (error instanceof ClusterForbiddenError) return { kind: "forbidden", message: error.message };
      throw error;
    }
  }

  return {
    kind: "kubeflow-pipeline",
    // Its runs are workflows under names of their own: changes are found by looking.
    watched: [],
    access: { group: "pipelines.kubeflow.org", resource: "runs" },
    async schedules(cluster, namespace, as) {
      const found = await pipelinesOf(cluster).listRecurringRuns(namespace, as);
      if (!found.ok) throw new ClusterForbiddenError(found.failure.message);
      return found.value.map(({ displayName, cron, intervalSeconds, isEnabled }) => ({
        name: displayName,
        crons: cron === undefined ? [] : [cron],
        ...(intervalSeconds !== undefined && { everySeconds: intervalSeconds }),
        isActive: isEnabled,
      }));
    },
    render: (stage, params, origin) => renderObject(KIND, stage, params, origin),
    footprint(object) {
      const gpuType = object.metadata.annotations?.[GPU_TYPE_ANNOTATION];
      return { ...footprintOf(object, KIND.podTemplates), ...(gpuType !== undefined && { gpuType }) };
    },
    async check(object, cluster, as) {
      const pipelines = pipelinesOf(cluster);
      const existing = await findRun(pipelines, object, as);
      if (!existing.ok) return existing;
      const resolved = await resolvePipeline(pipelines, object, as);
      if (!resolved.ok) return resolved;
      return { ok: true, value: { warnings: existing.value === undefined ? [] : ["it exists already"] } };
    },
    async submit(object, cluster, as) {
      const submitted = await submitPipelineRun(pipelinesOf(cluster), object, as);
      if (!submitted.ok) return submitted;
      const { name, namespace } = object.metadata;
      return { ok: true, value: { cluster, namespace, name, uid: submitted.value.runId } };
    },
    async observe(ref, as): Promise<RunObservation> {
      const run = await find(ref, as);
      if (run === undefined)
        return { state: "lost", reason: "deleted outside of Jibsa", deletedElsewhere: true };
      return withPods(readPipelineRun(run, await versionOf(run, ref, as)), run, ref, as);
    },
    async cancel(ref, as): Promise<CancelOutcome> {
      const run = await findForChange(ref, as);
      if ("kind" in run) return run;
      const { state } = readPipelineRun(run, undefined);
      if (ENDED.includes(run.state ?? "")) return { kind: "already-ended", state };
      if (run.state === "CANCELING") return { kind: "cancelled" };
      const asked = await pipelinesOf(ref.cluster).terminateRun(run.runId, as);
      if (!asked.ok && asked.failure.kind === "forbidden")
        return { kind: "forbidden", message: asked.failure.message };
      // Accepted is not done, and refused may mean that it has just ended.
      const after = await findForChange({ ...ref, uid: run.runId }, as);
      if ("kind" in after) return after;
      if (after.state === "CANCELING" || after.state === "CANCELED") return { kind: "cancelled" };
      if (ENDED.includes(after.state ?? ""))
        return { kind: "already-ended", state: readPipelineRun(after, undefined).state };
      if (!asked.ok) throw new Error(asked.failure.message);
      return { kind: "cancelled" };
    },
    async retry(ref, as): Promise<ControlOutcome> {
      const run = await findForChange(ref, as);
      if ("kind" in run) return run;
      if (run.state !== "FAILED" && run.state !== "CANCELED")
        return {
          kind: "not-possible",
          message: `it is ${run.state ?? "not known how it is"}: only what failed is retried`,
        };
      const asked = await pipelinesOf(ref.cluster).retryRun(run.runId, as);
      if (asked.ok) return { kind: "done" };
      const { kind, message } = asked.failure;
      if (kind === "not-found") return { kind };
      return { kind: kind === "forbidden" ? "forbidden" : "not-possible", message };
    },
    async *logs(ref, as, options): AsyncIterable<LogLine> {
      const cluster = clusters.get(ref.cluster);
      const run = await find(ref, as);
      if (cluster === undefined || run === undefined) return;
      const namespace = pipelinesOf(ref.cluster).podNamespace(ref.namespace);
      for (const { step, pod } of await podsOfPipelineRun(cluster, { runId: run.runId, namespace, as })) {
        const target = { namespace, pod: pod.metadata.name, container: CONTAINER };
        for await (const text of cluster.logs(target, as, options)) yield { pod: step, text };
      }
    },
  };
}
