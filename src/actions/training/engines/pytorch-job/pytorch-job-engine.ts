import { ClusterForbiddenError, type Cluster, type ObjectRef } from "../../../cluster-ports.ts";
import type {
  CancelOutcome,
  Identity,
  LogLine,
  LogOptions,
  ObjectOrigin,
  PlatformObject,
  Result,
  RunObservation,
  RunRef,
  Stage,
  StageParams,
  SubmitFailure,
  TrainingEngine,
} from "../../../ports.ts";
import { isMadeFor, labelsFor, REQUEST_ID_LABEL, REQUESTED_BY_ANNOTATION } from "../../object-labels.ts";
import { applyParams } from "../../stage-catalogue.ts";
import { readProgress, readPyTorchJob } from "./pytorch-job-state.ts";

const PYTORCH_JOBS = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs" } as const;
const PODS = { group: "", version: "v1", resource: "pods" } as const;
const JOB_NAME_LABEL = "training.kubeflow.org/job-name";
const TERMINAL = ["succeeded", "failed"];

interface ReplicaSpec {
  replicas?: number;
  template?: {
    metadata?: { labels?: Record<string, string> };
    spec?: {
      nodeSelector?: Record<string, string>;
      containers?: { resources?: { limits?: Record<string, unknown>; requests?: Record<string, unknown> } }[];
    };
  };
}

/** Training Operator v1, https://www.kubeflow.org/docs/components/trainer/legacy-v1/user-guides/pytorch/ */
export function createPyTorchJobEngine(clusters: ReadonlyMap<string, Cluster>): TrainingEngine {
  const clusterOf = (name: string): Cluster => {
    const cluster = clusters.get(name);
    if (cluster === undefined) throw new Error(`cluster ${name} is not configured`);
    return cluster;
  };
  const refOf = (ref: RunRef): ObjectRef => ({ ...PYTORCH_JOBS, namespace: ref.namespace, name: ref.name });

  return {
    kind: "pytorch-job",
    render: renderPyTorchJob,
    footprint,
    async check(object, clusterName, as) {
      const checked = await clusterOf(clusterName).create(object, as, { dryRun: true });
      if (checked.ok) return { ok: true, value: { warnings: [] } };
      return checked.failure.kind === "exists"
        ? { ok: true, value: { warnings: ["it exists already"] } }
        : { ok: false, failure: checked.failure };
    },
    async submit(object, clusterName, as): Promise<Result<RunRef, SubmitFailure>> {
      const cluster = clusterOf(clusterName);
      const { name, namespace } = object.metadata;
      const toRef = (made: PlatformObject): RunRef => {
        const uid = (made.metadata as { uid?: string }).uid;
        return { cluster: clusterName, namespace, name, ...(uid !== undefined && { uid }) };
      };
      const created = await cluster.create(object, as);
      if (created.ok) return { ok: true, value: toRef(created.value) };
      if (created.failure.kind !== "exists") return { ok: false, failure: created.failure };
      const existing = await cluster.get({ ...PYTORCH_JOBS, namespace, name }, as);
      if (existing !== undefined && isMadeFor(existing, object.metadata.labels?.[REQUEST_ID_LABEL] ?? ""))
        return { ok: true, value: toRef(existing) };
      return {
        ok: false,
        failure: { kind: "name-taken", message: `${namespace}/${name} belongs to somebody else` },
      };
    },
    async observe(ref, as): Promise<RunObservation> {
      const cluster = clusterOf(ref.cluster);
      const job = await cluster.get(refOf(ref), as);
      const uid = (job?.metadata as { uid?: string } | undefined)?.uid;
      if (job === undefined || (ref.uid !== undefined && uid !== ref.uid))
        return { state: "lost", reason: "deleted outside of Jibsa", deletedElsewhere: true };
      const observation = readPyTorchJob(job);
      if (observation.state === "running") {
        const progress = readProgress(await lastLines(cluster, ref, as));
        return progress === undefined ? observation : { ...observation, progress };
      }
      if (observation.state === "queued")
        return { ...observation, ...(await waitingReason(cluster, ref, as)) };
      return observation;
    },
    async cancel(ref, as): Promise<CancelOutcome> {
      const cluster = clusterOf(ref.cluster);
      let job: PlatformObject | undefined;
      try {
        job = await cluster.get(refOf(ref), as);
      } catch (error) {
        if (error instanceof ClusterForbiddenError) return { kind: "forbidden", message: error.message };
        throw error;
      }
      if (job === undefined) return { kind: "not-found" };
      const { state } = readPyTorchJob(job);
      if (TERMINAL.includes(state)) return { kind: "already-ended", state };
      const deleted = await cluster.delete(
        { ...refOf(ref), ...(ref.uid !== undefined && { uid: ref.uid }) },
        as,
      );
      if (!deleted.ok) return deleted.failure;
      // Accepted is not done: foreground deletion may still be waiting for pods. The observer tells when it is gone.
      return { kind: "cancelled" };
    },
    async *logs(ref, as, options: LogOptions): AsyncIterable<LogLine> {
      const cluster = clusterOf(ref.cluster);
      for (const pod of await podsOf(cluster, ref, as)) {
        const name = pod.metadata.name;
        const target = { namespace: ref.namespace, pod: name, container: "pytorch" };
        for await (const text of cluster.logs(target, as, options)) yield { pod: name, text };
      }
    },
  };
}

function renderPyTorchJob(stage: Stage, params: StageParams, origin: ObjectOrigin): PlatformObject {
  const object = applyParams(stage, params);
  const labels = labelsFor(stage.name, origin);
  for (const replica of replicasOf(object)) {
    replica.template ??= {};
    replica.template.metadata ??= {};
    replica.template.metadata.labels = { ...replica.template.metadata.labels, ...labels };
  }
  const given = object["metadata"] as
    | { labels?: Record<string, string>; annotations?: Record<string, string> }
    | undefined;
  return {
    ...object,
    apiVersion: "kubeflow.org/v1",
    kind: "PyTorchJob",
    metadata: {
      ...given,
      name: `${stage.name}-${origin.requestId}`,
      namespace: stage.namespace,
      labels: { ...given?.labels, ...labels },
      annotations: { ...given?.annotations, [REQUESTED_BY_ANNOTATION]: origin.owner.slackUserId },
    },
  };
}

function replicasOf(object: Record<string, unknown>): ReplicaSpec[] {
  const spec = object["spec"] as { pytorchReplicaSpecs?: Record<string, ReplicaSpec> } | undefined;
  return Object.values(spec?.pytorchReplicaSpecs ?? {});
}

function footprint(object: PlatformObject): { gpus: number; gpuType?: string } {
  const replicas = replicasOf(object);
  const gpus = replicas.reduce((sum, replica) => {
    const perPod = (replica.template?.spec?.containers ?? []).reduce((pod, { resources }) => {
      const asked = Number(
        resources?.limits?.["nvidia.com/gpu"] ?? resources?.requests?.["nvidia.com/gpu"] ?? 0,
      );
      return pod + (Number.isFinite(asked) ? asked : 0);
    }, 0);
    return sum + perPod * (replica.replicas ?? 1);
  }, 0);
  const gpuType = replicas.map((replica) => replica.template?.spec?.nodeSelector?.["gpu-type"]).find(Boolean);
  return { gpus, ...(gpuType !== undefined && { gpuType }) };
}

async function podsOf(cluster: Cluster, ref: RunRef, as: Identity): Promise<readonly PlatformObject[]> {
  const pods = await cluster.list({ ...PODS, namespace: ref.namespace }, as, {
    labelSelector: `${JOB_NAME_LABEL}=${ref.name}`,
  });
  return pods.toSorted((a, b) => rank(a) - rank(b) || a.metadata.name.localeCompare(b.metadata.name));
}

function rank(pod: PlatformObject): number {
  return pod.metadata.labels?.["training.kubeflow.org/replica-type"] === "master" ? 0 : 1;
}

async function lastLines(cluster: Cluster, ref: RunRef, as: Identity): Promise<string[]> {
  const [master] = await podsOf(cluster, ref, as);
  if (master === undefined) return [];
  const lines: string[] = [];
  const target = { namespace: ref.namespace, pod: master.metadata.name, container: "pytorch" };
  for await (const line of cluster.logs(target, as, { tailLines: 20 })) lines.push(line);
  return lines;
}

/** The scheduler's own words, from the first pod that cannot be placed. */
async function waitingReason(cluster: Cluster, ref: RunRef, as: Identity): Promise<{ reason?: string }> {
  for (const pod of await podsOf(cluster, ref, as)) {
    const { conditions } = (pod["status"] ?? {}) as {
      conditions?: { type: string; status: string; message?: string }[];
    };
    const unplaced = conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
    if (unplaced?.message !== undefined) return { reason: unplaced.message };
  }
  return {};
}
