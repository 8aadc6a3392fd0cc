import { rayJobProblem } from "../objects/check-ray-job.ts";
import { isSameJson, type KubernetesObject } from "../objects/kubernetes-object.ts";
import { randomSuffix } from "../objects/names.ts";
import type { RayJobSpec } from "../objects/ray-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import type { ClusterControl } from "./cluster-control.ts";
import {
  clusterOf,
  createSubmitter,
  isClusterReady,
  jobInfoOf,
  RAY_JOB_CONTROLLER,
  releaseParts,
  submitterOf,
  timeOf,
  type RayJobStatus,
} from "./ray-job-parts.ts";

const RAY_JOB = typeOfKind("RayJob");
const RAY_CLUSTER = typeOfKind("RayCluster");

/** KubeRay's RayJobs (1.6): a cluster, a submitter once that is ready, and the two statuses of a RayJob. */
export function runRayJobs(control: ClusterControl): void {
  for (const job of control.store.list(RAY_JOB.storage)) {
    if (job.metadata.deletionTimestamp !== undefined || job.spec === undefined) continue;
    const status: RayJobStatus = { ...(job.status as RayJobStatus | undefined) };
    const after = nextStatus(control, job, status);
    if (!isSameJson(after, status)) control.setStatus(RAY_JOB, job, after, RAY_JOB_CONTROLLER);
  }
}

function nextStatus(control: ClusterControl, job: KubernetesObject, status: RayJobStatus): RayJobStatus {
  const problem = rayJobProblem(job);
  if (problem !== undefined)
    return {
      ...status,
      jobDeploymentStatus: "ValidationFailed",
      reason: "ValidationFailed",
      message: problem,
    };
  const { suspend, activeDeadlineSeconds } = job.spec as RayJobSpec;
  const state = status.jobDeploymentStatus ?? "";
  const isActive = state === "Initializing" || state === "Running";
  if (isActive && suspend === true) return { ...status, jobDeploymentStatus: "Suspending" };
  if (isActive && isLate(control, activeDeadlineSeconds, status))
    return retried(job, {
      ...status,
      jobDeploymentStatus: "Failed",
      reason: "DeadlineExceeded",
      message: `The RayJob has passed the activeDeadlineSeconds. StartTime: ${status.startTime}. ActiveDeadlineSeconds: ${activeDeadlineSeconds}`,
      endTime: timeOf(control),
    });
  switch (state) {
    case "":
      return begun(control, job, status);
    case "Initializing":
      return initialized(control, job, status);
    case "Running":
      return followed(control, job, status);
    case "Suspending":
    case "Retrying": {
      if (!releaseParts(control, job, status.rayClusterName)) return status;
      const { succeeded = 0, failed = 0 } = status;
      const jobDeploymentStatus = state === "Suspending" ? "Suspended" : "";
      return { succeeded, failed, jobStatus: "", jobDeploymentStatus };
    }
    case "Suspended":
      return suspend === true ? status : { ...status, jobDeploymentStatus: "" };
    case "Complete":
    case "Failed":
      shutDown(control, job, status);
      return status;
    default:
      return status;
  }
}

function begun(control: ClusterControl, job: KubernetesObject, status: RayJobStatus): RayJobStatus {
  const { name } = job.metadata;
  const { jobId, clusterSelector } = job.spec as RayJobSpec;
  return {
    ...status,
    jobId: jobId ?? `${name}-${randomSuffix()}`,
    rayClusterName: clusterSelector?.["ray.io/cluster"] ?? `${name}-${randomSuffix()}`,
    jobStatus: "",
    jobDeploymentStatus: "Initializing",
    startTime: timeOf(control),
    succeeded: status.succeeded ?? 0,
    failed: status.failed ?? 0,
  };
}

function initialized(control: ClusterControl, job: KubernetesObject, status: RayJobStatus): RayJobStatus {
  const { rayClusterName = "" } = status;
  const cluster = clusterOf(control, job, rayClusterName);
  if (cluster === undefined || !isClusterReady(cluster)) return status;
  const dashboardURL = `${rayClusterName}-head-svc.${job.metadata.namespace}.svc.cluster.local:8265`;
  if ((job.spec as RayJobSpec).submissionMode === "InteractiveMode")
    return { ...status, dashboardURL, jobDeploymentStatus: "Waiting" };
  const next = { ...status, dashboardURL, jobDeploymentStatus: "Running" };
  if (submitterOf(control, job) === undefined) createSubmitter(control, job, cluster, next);
  return next;
}

function followed(control: ClusterControl, job: KubernetesObject, status: RayJobStatus): RayJobStatus {
  const pod = submitterOf(control, job);
  if (pod === undefined) {
    const cluster = clusterOf(control, job, status.rayClusterName ?? "");
    if (cluster !== undefined && isClusterReady(cluster)) createSubmitter(control, job, cluster, status);
    return status;
  }
  const next = { ...status, ...jobInfoOf(pod) };
  if (next.jobStatus === "SUCCEEDED")
    return {
      ...next,
      jobDeploymentStatus: "Complete",
      endTime: timeOf(control),
      succeeded: (status.succeeded ?? 0) + 1,
    };
  if (next.jobStatus === "FAILED")
    return retried(job, {
      ...next,
      jobDeploymentStatus: "Failed",
      reason: "AppFailed",
      endTime: timeOf(control),
    });
  return next;
}

/** A failure that is counted, and begins again where that is allowed. */
function retried(job: KubernetesObject, status: RayJobStatus): RayJobStatus {
  const failed = (status.failed ?? 0) + 1;
  const { backoffLimit = 0 } = job.spec as RayJobSpec;
  const isRetried = status.reason !== "DeadlineExceeded" && failed < backoffLimit + 1;
  return { ...status, failed, ...(isRetried && { jobDeploymentStatus: "Retrying" }) };
}

function isLate(
  control: ClusterControl,
  activeDeadlineSeconds: number | undefined,
  { startTime }: RayJobStatus,
): boolean {
  if (activeDeadlineSeconds === undefined || startTime === undefined) return false;
  return control.nowMs() > Date.parse(startTime) + activeDeadlineSeconds * 1_000;
}

function shutDown(
  control: ClusterControl,
  job: KubernetesObject,
  { rayClusterName, endTime }: RayJobStatus,
): void {
  const { shutdownAfterJobFinishes, clusterSelector, ttlSecondsAfterFinished = 0 } = job.spec as RayJobSpec;
  if (shutdownAfterJobFinishes !== true || clusterSelector !== undefined) return;
  if (rayClusterName === undefined || endTime === undefined) return;
  if (control.nowMs() < Date.parse(endTime) + ttlSecondsAfterFinished * 1_000) return;
  const cluster = control.store.get(RAY_CLUSTER.storage, job.metadata.namespace, rayClusterName);
  if (cluster !== undefined && cluster.metadata.deletionTimestamp === undefined)
    control.writer.remove(RAY_CLUSTER, cluster);
}
