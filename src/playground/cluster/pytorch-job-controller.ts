import { timeText, type KubeObject, type PodSpec, type PodStatus } from "./kube-object.ts";
import type { ObjectStore } from "./object-store.ts";
import { typeOfKind } from "./resource-types.ts";
import { DURATION_ANNOTATION, OUTCOME_ANNOTATION } from "./simulated-life.ts";

const JOB = typeOfKind("PyTorchJob");
const POD = typeOfKind("Pod");

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastUpdateTime: string;
  lastTransitionTime: string;
}
interface JobSpec {
  runPolicy?: { suspend?: boolean; cleanPodPolicy?: string };
  pytorchReplicaSpecs: Record<
    string,
    { replicas?: number; template?: { metadata?: KubeObject["metadata"]; spec?: PodSpec } }
  >;
}
interface JobStatus {
  conditions?: Condition[];
  replicaStatuses?: Record<string, { active?: number; succeeded?: number; failed?: number }>;
  startTime?: string;
  completionTime?: string;
}

/** Training Operator v1: pods with its labels and names, conditions with its words. */
export function runPyTorchJobs(store: ObjectStore, nowMs: number): void {
  for (const job of store.list(JOB)) {
    const status = (job["status"] ?? {}) as JobStatus;
    if (job.metadata.deletionTimestamp !== undefined || isOver(status)) continue;
    const spec = job["spec"] as JobSpec;
    const after =
      spec.runPolicy?.suspend === true
        ? suspend(store, job, status, nowMs)
        : advance(store, job, spec, status, nowMs);
    if (JSON.stringify(after) !== JSON.stringify(status))
      store.update(JOB, { ...job, status: after }, { subresource: "status" });
  }
}

const isOver = (status: JobStatus) =>
  (status.conditions ?? []).some(
    ({ type, status: value }) => value === "True" && (type === "Succeeded" || type === "Failed"),
  );

function advance(
  store: ObjectStore,
  job: KubeObject,
  spec: JobSpec,
  status: JobStatus,
  nowMs: number,
): JobStatus {
  const { name, namespace } = job.metadata;
  let conditions = status.conditions ?? [];
  if (!conditions.some(({ type }) => type === "Created"))
    conditions = condition(
      conditions,
      "Created",
      "PyTorchJobCreated",
      `PyTorchJob ${name} is created.`,
      nowMs,
    );
  const counts: NonNullable<JobStatus["replicaStatuses"]> = {};
  for (const [role, replica] of Object.entries(spec.pytorchReplicaSpecs)) {
    const count = { active: 0, succeeded: 0, failed: 0 };
    for (let index = 0; index < (replica.replicas ?? 1); index += 1) {
      const podName = `${name}-${role.toLowerCase()}-${index}`;
      if (!store.has(POD, namespace, podName))
        store.create(POD, podOf(job, role, index, replica.template, podName));
      const { phase } = (store.get(POD, namespace, podName)["status"] ?? {}) as PodStatus;
      if (phase === "Succeeded") count.succeeded += 1;
      else if (phase === "Failed") count.failed += 1;
      else if (phase === "Running") count.active += 1;
    }
    counts[role] = count;
  }
  const deciding = counts["Master"] ?? counts["Worker"];
  const active = Object.values(counts).reduce((sum, count) => sum + (count.active ?? 0), 0);
  const failed = Object.values(counts).some((count) => (count.failed ?? 0) > 0);
  const base: JobStatus = { ...status, replicaStatuses: counts };
  if (failed)
    return {
      ...base,
      conditions: condition(
        conditions,
        "Failed",
        "PyTorchJobFailed",
        `PyTorchJob ${name} is failed because 1 Master replica(s) failed.`,
        nowMs,
      ),
      completionTime: timeText(nowMs),
    };
  if ((deciding?.succeeded ?? 0) > 0 && active === 0)
    return {
      ...base,
      conditions: condition(
        conditions,
        "Succeeded",
        "PyTorchJobSucceeded",
        `PyTorchJob ${name} is successfully completed.`,
        nowMs,
      ),
      completionTime: timeText(nowMs),
    };
  if (active > 0) {
    const running = conditions.some(({ type, status: value }) => type === "Running" && value === "True");
    return {
      ...base,
      startTime: status.startTime ?? timeText(nowMs),
      conditions: running
        ? conditions
        : condition(conditions, "Running", "PyTorchJobRunning", `PyTorchJob ${name} is running.`, nowMs),
    };
  }
  return { ...base, conditions };
}

function suspend(store: ObjectStore, job: KubeObject, status: JobStatus, nowMs: number): JobStatus {
  store.deleteDependents(job);
  const { startTime: _startTime, ...rest } = status;
  const conditions = status.conditions ?? [];
  if (conditions.some(({ type, status: value }) => type === "Suspended" && value === "True")) return status;
  return {
    ...rest,
    replicaStatuses: {},
    conditions: condition(
      conditions,
      "Suspended",
      "PyTorchJobSuspended",
      `PyTorchJob ${job.metadata.name} is suspended.`,
      nowMs,
    ),
  };
}

/** Running, Suspended and the ends exclude each other: the older one turns False. */
function condition(
  conditions: readonly Condition[],
  type: string,
  reason: string,
  message: string,
  nowMs: number,
): Condition[] {
  const at = timeText(nowMs);
  const before = conditions
    .filter((known) => known.type !== type)
    .map((known) => (known.type === "Created" || type === "Created" ? known : { ...known, status: "False" }));
  return [...before, { type, status: "True", reason, message, lastUpdateTime: at, lastTransitionTime: at }];
}

function podOf(
  job: KubeObject,
  role: string,
  index: number,
  template: JobSpec["pytorchReplicaSpecs"][string]["template"],
  name: string,
): KubeObject {
  const carried = [DURATION_ANNOTATION, OUTCOME_ANNOTATION].flatMap((key) => {
    const value = job.metadata.annotations?.[key];
    return value === undefined ? [] : [[key, value]];
  });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      ...(job.metadata.namespace !== undefined && { namespace: job.metadata.namespace }),
      annotations: {
        ...template?.metadata?.annotations,
        ...(Object.fromEntries(carried) as Record<string, string>),
      },
      labels: {
        ...template?.metadata?.labels,
        "training.kubeflow.org/job-name": job.metadata.name,
        "training.kubeflow.org/operator-name": "pytorchjob-controller",
        "training.kubeflow.org/replica-type": role.toLowerCase(),
        "training.kubeflow.org/replica-index": String(index),
        ...(role === "Master" && { "training.kubeflow.org/job-role": "master" }),
      },
      ownerReferences: [
        {
          apiVersion: job.apiVersion,
          kind: job.kind,
          name: job.metadata.name,
          uid: job.metadata.uid ?? "",
          controller: true,
        },
      ],
    },
    spec: structuredClone(template?.spec ?? {}),
    status: { phase: "Pending" },
  };
}
