import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { formatTime, isSameJson } from "../objects/kubernetes-object.ts";
import { podStatusOf } from "../objects/pod-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import type { ClusterControl } from "./cluster-control.ts";
import { hasCondition, isFinished, withCondition, type JobCondition } from "./job-conditions.ts";
import {
  createReplica,
  deleteReplica,
  jobLabelsOf,
  OPERATOR,
  podNameOf,
  record,
  type ReplicaSpec,
} from "./job-pods.ts";
import { ATTEMPT_ANNOTATION } from "./pod-life.ts";

const JOB = typeOfKind("PyTorchJob");

interface JobSpec {
  runPolicy?: {
    suspend?: boolean;
    cleanPodPolicy?: "None" | "Running" | "All";
    backoffLimit?: number;
    activeDeadlineSeconds?: number;
    ttlSecondsAfterFinished?: number;
  };
  pytorchReplicaSpecs: Record<string, ReplicaSpec>;
}

interface JobStatus {
  conditions: readonly JobCondition[];
  replicaStatuses?: Record<string, ReplicaStatus>;
  startTime?: string;
  completionTime?: string;
}

interface ReplicaStatus {
  active?: number;
  succeeded?: number;
  failed?: number;
  selector?: string;
}

/** The Training Operator (v1, 1.9): pods with its names and labels, conditions in its order and words. */
export function runPyTorchJobs(control: ClusterControl): void {
  for (const job of control.store.list(JOB.storage)) {
    if (job.metadata.deletionTimestamp !== undefined) continue;
    const status: JobStatus = { conditions: [], ...(job.status as Partial<JobStatus> | undefined) };
    const after = nextStatus(control, job, status);
    if (!isSameJson(after, status)) control.setStatus(JOB, job, after, OPERATOR);
  }
}

function nextStatus(control: ClusterControl, job: KubernetesObject, status: JobStatus): JobStatus {
  const spec = job.spec as JobSpec;
  if (isFinished(status.conditions)) {
    finish(control, job, spec, status);
    return status;
  }
  const created = hasCondition(status.conditions, "Created")
    ? status
    : changed(control, job, status, "Created", "True", "is created.");
  if (spec.runPolicy?.suspend === true) return suspend(control, job, created);
  const resumed = hasCondition(created.conditions, "Suspended")
    ? {
        ...changed(control, job, created, "Suspended", "False", "is resumed.", "Resumed"),
        startTime: formatTime(control.nowMs()),
      }
    : created;
  const limit = exceededLimit(control, job, spec, resumed);
  if (limit !== undefined) return end(control, changed(control, job, resumed, "Failed", "True", limit));
  return advance(control, job, spec, resumed);
}

/** A condition in the operator's words; also told as an event. */
function changed(
  control: ClusterControl,
  job: KubernetesObject,
  status: JobStatus,
  type: JobCondition["type"],
  value: "True" | "False",
  text: string,
  reason: string = type,
): JobStatus {
  const message = /^(?:PyTorchJob|[Jj]ob) /.test(text) ? text : `PyTorchJob ${job.metadata.name} ${text}`;
  const change = { type, status: value, reason: `PyTorchJob${reason}`, message };
  const conditions = withCondition(status.conditions, change, formatTime(control.nowMs()));
  if (conditions !== status.conditions && type !== "Created" && type !== "Running")
    record(control, job, change.reason, message, type === "Restarting" ? "Warning" : "Normal");
  return { ...status, conditions };
}

const end = (control: ClusterControl, status: JobStatus): JobStatus => ({
  ...status,
  completionTime: status.completionTime ?? formatTime(control.nowMs()),
});

function suspend(control: ClusterControl, job: KubernetesObject, status: JobStatus): JobStatus {
  for (const pod of podsOf(control, job)) deleteReplica(control, job, pod);
  const replicaStatuses = Object.fromEntries(
    Object.entries(status.replicaStatuses ?? {}).map(([role, replica]) => [role, { ...replica, active: 0 }]),
  );
  const stopped = hasCondition(status.conditions, "Running")
    ? changed(control, job, status, "Running", "False", "is suspended.", "Suspended")
    : status;
  return { ...changed(control, job, stopped, "Suspended", "True", "is suspended."), replicaStatuses };
}

function exceededLimit(
  control: ClusterControl,
  job: KubernetesObject,
  { runPolicy, pytorchReplicaSpecs }: JobSpec,
  { startTime }: JobStatus,
): string | undefined {
  const { name } = job.metadata;
  const { backoffLimit, activeDeadlineSeconds } = runPolicy ?? {};
  if (backoffLimit !== undefined) {
    const isCounted = Object.values(pytorchReplicaSpecs).some((replica) => replica.restartPolicy !== "Never");
    const restarts = podsOf(control, job).reduce((sum, pod) => sum + restartsOf(pod), 0);
    if (isCounted && restarts > 0 && restarts >= backoffLimit)
      return `Job ${name} has failed because it has reached the specified backoff limit`;
  }
  if (activeDeadlineSeconds !== undefined && startTime !== undefined) {
    const deadlineMs = Date.parse(startTime) + activeDeadlineSeconds * 1_000;
    if (control.nowMs() >= deadlineMs)
      return `Job ${name} has failed because it was active longer than specified deadline`;
  }
  return undefined;
}

/** Containers restarted in place, and pods that replaced failed ones. */
function restartsOf(pod: KubernetesObject): number {
  const inPlace =
    podStatusOf(pod).containerStatuses?.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0) ?? 0;
  return inPlace + Number(pod.metadata.annotations?.[ATTEMPT_ANNOTATION] ?? 0);
}

function advance(
  control: ClusterControl,
  job: KubernetesObject,
  spec: JobSpec,
  before: JobStatus,
): JobStatus {
  const roles = Object.entries(spec.pytorchReplicaSpecs);
  const hasMaster = spec.pytorchReplicaSpecs["Master"] !== undefined;
  let status: JobStatus = { ...before, startTime: before.startTime ?? formatTime(control.nowMs()) };
  for (const [role, replica] of roles) {
    const counted = countPods(control, job, role, replica, hasMaster);
    const { active, succeeded, failed, restarted, isFinal } = counted;
    const replicas = replica.replicas ?? 1;
    const selector = Object.entries(jobLabelsOf(job, role))
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    const own: ReplicaStatus = {
      ...(active > 0 && { active }),
      ...(succeeded > 0 && { succeeded }),
      ...(failed > 0 && { failed }),
      selector,
    };
    status = { ...status, replicaStatuses: { ...status.replicaStatuses, [role]: own } };
    const decides = role === (hasMaster ? "Master" : "Worker");
    const words = wordsOf(job, role, hasMaster);
    if (decides && succeeded === replicas)
      return end(control, changed(control, job, status, "Succeeded", "True", words.succeeded));
    if (decides && active > 0) status = changed(control, job, status, "Running", "True", words.running);
    if (restarted > 0) status = changed(control, job, status, "Restarting", "True", words.restarting);
    else if (failed > 0) {
      const message = isFinal ? words.failing : `is failed because ${failed} ${role} replica(s) failed.`;
      return end(control, changed(control, job, status, "Failed", "True", message));
    }
  }
  return status;
}

/** As the operator puts them: with the namespace where there is no master, and about one pod otherwise than about the job. */
function wordsOf({ metadata: { name, namespace = "" } }: KubernetesObject, role: string, hasMaster: boolean) {
  const called = hasMaster ? `PyTorchJob ${name}` : `PyTorchJob ${namespace}/${name}`;
  return {
    running: `${called} is running.`,
    succeeded: hasMaster ? `${called} is successfully completed.` : `${called} successfully completed.`,
    restarting: `job ${name} is restarting because ${role} replica(s) failed.`,
    failing: `job "${name}" is failing because "${role}" replica(s) failed.`,
  };
}

/** Creates what is missing, replaces what may be retried, and counts the rest. */
function countPods(
  control: ClusterControl,
  job: KubernetesObject,
  role: string,
  replica: ReplicaSpec,
  hasMaster: boolean,
): { active: number; succeeded: number; failed: number; restarted: number; isFinal: boolean } {
  // `isFinal`: with an exit code that the policy ExitCode gives up at.
  const counts = { active: 0, succeeded: 0, failed: 0, restarted: 0, isFinal: false };
  for (let index = 0; index < (replica.replicas ?? 1); index += 1) {
    const place = { role, index, replica, isMaster: hasMaster ? role === "Master" : index === 0 };
    const pod = control.store.get("/pods", job.metadata.namespace, podNameOf(job, role, index));
    if (!pod) {
      createReplica(control, job, place, 0);
      continue;
    }
    // One that is still stopping holds the name; the next look creates it anew.
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const { phase, containerStatuses } = podStatusOf(pod);
    if (phase === "Running") counts.active += 1;
    if (phase === "Succeeded") counts.succeeded += 1;
    if (phase !== "Failed") continue;
    counts.failed += 1;
    const exitCode = containerStatuses?.[0]?.state?.terminated?.exitCode ?? 0;
    if (replica.restartPolicy === "ExitCode" && exitCode < 128) counts.isFinal = true;
    if (replica.restartPolicy === "ExitCode" && exitCode >= 128) {
      counts.restarted += 1;
      deleteReplica(control, job, pod);
      createReplica(control, job, place, restartsOf(pod) + 1);
    }
  }
  return counts;
}

function finish(
  control: ClusterControl,
  job: KubernetesObject,
  { runPolicy }: JobSpec,
  status: JobStatus,
): void {
  const policy = runPolicy?.cleanPodPolicy ?? "None";
  for (const pod of policy === "None" ? [] : podsOf(control, job)) {
    const isLive = ["Running", "Pending"].includes(podStatusOf(pod).phase ?? "");
    if (policy === "All" || isLive) deleteReplica(control, job, pod);
  }
  const ttlSeconds = runPolicy?.ttlSecondsAfterFinished;
  if (ttlSeconds === undefined || status.completionTime === undefined) return;
  if (control.nowMs() >= Date.parse(status.completionTime) + ttlSeconds * 1_000)
    control.writer.remove(JOB, job);
}

function podsOf({ store }: ClusterControl, job: KubernetesObject): KubernetesObject[] {
  return store
    .dependentsOf(job.metadata.uid)
    .filter(({ resource }) => resource === "/pods")
    .map(({ object }) => object);
}
