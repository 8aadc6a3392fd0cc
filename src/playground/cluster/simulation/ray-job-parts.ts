import { formatTime, type KubernetesObject } from "../objects/kubernetes-object.ts";
import { randomSuffix } from "../objects/names.ts";
import { podStatusOf, type PodSpec } from "../objects/pod-shapes.ts";
import type { RayClusterSpec, RayJobSpec } from "../objects/ray-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "./cluster-control.ts";
import {
  createOwnedPod,
  deleteOwnedPod,
  ownerOf,
  podsOwnedBy,
  simulatedAnnotationsOf,
} from "./owned-pods.ts";
import { ATTEMPT_ANNOTATION } from "./pod-life.ts";

export const RAY_JOB_CONTROLLER = "rayjob-controller";
const RAY_CLUSTER = typeOfKind("RayCluster");

export interface RayJobStatus {
  jobDeploymentStatus?: string;
  jobStatus?: string;
  jobId?: string;
  rayClusterName?: string;
  dashboardURL?: string;
  reason?: string;
  message?: string;
  startTime?: string;
  endTime?: string;
  succeeded?: number;
  failed?: number;
  rayJobInfo?: { startTime?: string; endTime?: string };
}

/** The job's own cluster, made where it is missing; a chosen one is only looked up. */
export function clusterOf(
  control: ClusterControl,
  job: KubernetesObject,
  name: string,
): KubernetesObject | undefined {
  const { rayClusterSpec, clusterSelector } = job.spec as RayJobSpec;
  const { namespace } = job.metadata;
  const known = control.store.get(RAY_CLUSTER.storage, namespace, name);
  if (known !== undefined || clusterSelector !== undefined || rayClusterSpec === undefined) return known;
  return control.writer.create(
    RAY_CLUSTER,
    {
      apiVersion: "ray.io/v1",
      kind: "RayCluster",
      metadata: {
        name,
        ...(namespace !== undefined && { namespace }),
        labels: {
          ...job.metadata.labels,
          "ray.io/originated-from-cr-name": job.metadata.name,
          "ray.io/originated-from-crd": "RayJob",
        },
        ownerReferences: [ownerOf(job)],
      },
      spec: rayClusterSpec,
    },
    { writer: componentWriter(RAY_JOB_CONTROLLER, RAY_CLUSTER) },
  );
}

export const isClusterReady = (cluster: KubernetesObject): boolean =>
  (cluster.status as { state?: string } | undefined)?.state === "ready";

/** The pod that hands the job over and prints what it prints. In this cluster it stands for the job itself, in every submission mode. */
export function submitterOf(control: ClusterControl, job: KubernetesObject): KubernetesObject | undefined {
  return podsOwnedBy(control, job).find(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export function createSubmitter(
  control: ClusterControl,
  job: KubernetesObject,
  cluster: KubernetesObject,
  status: RayJobStatus,
): void {
  const { name } = job.metadata;
  const { submitterPodTemplate, entrypoint = "" } = job.spec as RayJobSpec;
  const { headGroupSpec } = cluster.spec as RayClusterSpec;
  const head = headGroupSpec.template.spec?.containers?.[0];
  const given = (submitterPodTemplate?.spec ?? {}) as PodSpec;
  const submit = `ray job submit --address=http://${status.dashboardURL ?? ""} --submission-id=${status.jobId ?? ""} -- ${entrypoint}`;
  createOwnedPod(control, job, RAY_JOB_CONTROLLER, {
    name: `${name}-${randomSuffix()}`,
    labels: {
      ...submitterPodTemplate?.metadata?.labels,
      "job-name": name,
      "batch.kubernetes.io/job-name": name,
      "ray.io/originated-from-cr-name": name,
    },
    annotations: {
      ...simulatedAnnotationsOf(job),
      ...((status.failed ?? 0) > 0 && { [ATTEMPT_ANNOTATION]: String(status.failed) }),
    },
    spec: {
      ...given,
      restartPolicy: "Never",
      containers: given.containers ?? [
        {
          name: "ray-job-submitter",
          image: head?.image ?? "rayproject/ray",
          // The job would have it from the head, where it runs.
          env: head?.env ?? [],
          command: ["/bin/bash", "-ce", "--"],
          args: [submit],
          resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m", memory: "200Mi" } },
        },
      ],
    },
  });
}

/** Takes the cluster and the submitter away; true once nothing is left. */
export function releaseParts(
  control: ClusterControl,
  job: KubernetesObject,
  clusterName: string | undefined,
): boolean {
  const { namespace } = job.metadata;
  const cluster =
    clusterName === undefined ? undefined : control.store.get(RAY_CLUSTER.storage, namespace, clusterName);
  if (cluster !== undefined && cluster.metadata.deletionTimestamp === undefined)
    control.writer.remove(RAY_CLUSTER, cluster);
  const pods = podsOwnedBy(control, job);
  for (const pod of pods) deleteOwnedPod(control, pod);
  return cluster === undefined && pods.length === 0;
}

/** What Ray's dashboard would say of a job whose driver this pod stands for. */
export function jobInfoOf(pod: KubernetesObject): Pick<RayJobStatus, "jobStatus" | "message" | "rayJobInfo"> {
  const { phase, containerStatuses = [] } = podStatusOf(pod);
  const { running, terminated } = containerStatuses[0]?.state ?? {};
  const startTime = running?.startedAt ?? terminated?.startedAt;
  const started = startTime === undefined ? {} : { startTime };
  if (phase === "Running")
    return { jobStatus: "RUNNING", message: "Job is currently running.", rayJobInfo: started };
  const over = { ...started, ...(terminated && { endTime: terminated.finishedAt }) };
  if (phase === "Succeeded")
    return { jobStatus: "SUCCEEDED", message: "Job finished successfully.", rayJobInfo: over };
  if (phase !== "Failed")
    return { jobStatus: "PENDING", message: "Job has not started yet.", rayJobInfo: started };
  const code = terminated?.exitCode ?? 1;
  const words = code === 1 ? "\ntorch.OutOfMemoryError: CUDA out of memory." : "";
  return {
    jobStatus: "FAILED",
    message: `Job entrypoint command failed with exit code ${code}, last available logs (truncated to 20,000 chars):${words}`,
    rayJobInfo: over,
  };
}

export const timeOf = (control: ClusterControl): string => formatTime(control.nowMs());
