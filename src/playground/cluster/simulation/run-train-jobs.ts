import { formatTime, isSameJson, type KubernetesObject } from "../objects/kubernetes-object.ts";
import { podStatusOf, type Condition } from "../objects/pod-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import type { TrainJobSpec } from "../objects/trainer-shapes.ts";
import type { ClusterControl } from "./cluster-control.ts";
import { createOwnedPod, deleteOwnedPod, podsOwnedBy } from "./owned-pods.ts";
import { INDEX_LABEL, planNodes } from "./train-job-pods.ts";

const TRAIN_JOB = typeOfKind("TrainJob");
const TRAINER = "trainjob-controller";

interface TrainJobStatus {
  conditions: readonly Condition[];
  jobsStatus?: readonly object[];
}

/** Kubeflow Trainer 2.3 and JobSet in one: pods with JobSet's labels, and the three conditions that a TrainJob has. */
export function runTrainJobs(control: ClusterControl): void {
  for (const job of control.store.list(TRAIN_JOB.storage)) {
    if (job.metadata.deletionTimestamp !== undefined || job.spec === undefined) continue;
    const status: TrainJobStatus = {
      conditions: [],
      ...(job.status as Partial<TrainJobStatus> | undefined),
    };
    const after = nextStatus(control, job, status);
    if (!isSameJson(after, status)) control.setStatus(TRAIN_JOB, job, after, TRAINER);
  }
}

function nextStatus(control: ClusterControl, job: KubernetesObject, status: TrainJobStatus): TrainJobStatus {
  const spec = job.spec as TrainJobSpec;
  if (isTrue(status, "Complete") || isTrue(status, "Failed")) return status;
  const pods = podsOwnedBy(control, job).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (spec.suspend === true) {
    for (const pod of pods) deleteOwnedPod(control, pod);
    const suspended = changed(control, status, "Suspended", "True", "Suspended", "TrainJob is suspended");
    return { ...suspended, jobsStatus: [jobStatus({ suspended: 1 })] };
  }
  const resumed = isTrue(status, "Suspended")
    ? changed(control, status, "Suspended", "False", "Resumed", "TrainJob is resumed")
    : status;
  if (isLate(control, job, spec, resumed)) {
    for (const pod of pods) deleteOwnedPod(control, pod);
    const failed = changed(
      control,
      resumed,
      "Failed",
      "True",
      "DeadlineExceeded",
      "TrainJob exceeded its active deadline",
    );
    return { ...failed, jobsStatus: [jobStatus({ failed: 1 })] };
  }
  return advance(control, job, pods, resumed);
}

function advance(
  control: ClusterControl,
  job: KubernetesObject,
  pods: readonly KubernetesObject[],
  status: TrainJobStatus,
): TrainJobStatus {
  const plans = planNodes(control, job);
  // Its runtime was deleted meanwhile: what runs goes on.
  if (plans === undefined) return status;
  const indexOf = (one: { labels?: Readonly<Record<string, string>> }) => one.labels?.[INDEX_LABEL];
  for (const plan of plans)
    if (!pods.some(({ metadata }) => indexOf(metadata) === indexOf(plan)))
      createOwnedPod(control, job, TRAINER, plan);
  const phases = pods.map((pod) => podStatusOf(pod).phase);
  if (phases.includes("Failed")) {
    for (const pod of pods)
      if (["Pending", "Running"].includes(podStatusOf(pod).phase ?? "Pending")) deleteOwnedPod(control, pod);
    const message = `jobset failed due to one or more job failures (first failed job: ${job.metadata.name}-node-0)`;
    return {
      ...changed(control, status, "Failed", "True", "FailedJobs", message),
      jobsStatus: [jobStatus({ failed: 1 })],
    };
  }
  const succeeded = phases.filter((phase) => phase === "Succeeded").length;
  if (succeeded === plans.length)
    return {
      ...changed(control, status, "Complete", "True", "AllJobsCompleted", "jobset completed successfully"),
      jobsStatus: [jobStatus({ succeeded: 1 })],
    };
  // A job is active as soon as one of its pods waits; ready when all of them run or are done.
  const ready = phases.filter((phase) => phase === "Running").length + succeeded >= plans.length;
  return { ...status, jobsStatus: [jobStatus({ active: 1, ready: ready ? 1 : 0 })] };
}

const jobStatus = (counts: object): object => ({
  name: "node",
  ready: 0,
  succeeded: 0,
  failed: 0,
  active: 0,
  suspended: 0,
  ...counts,
});

function isLate(
  control: ClusterControl,
  job: KubernetesObject,
  { activeDeadlineSeconds = 0 }: TrainJobSpec,
  { conditions }: TrainJobStatus,
): boolean {
  if (activeDeadlineSeconds === 0) return false;
  const resumedAt = conditions.find(({ type }) => type === "Suspended")?.lastTransitionTime;
  const startedAt = Date.parse(resumedAt ?? job.metadata.creationTimestamp);
  return control.nowMs() > startedAt + activeDeadlineSeconds * 1_000;
}

const isTrue = ({ conditions }: TrainJobStatus, type: string): boolean =>
  conditions.some((condition) => condition.type === type && condition.status === "True");

function changed(
  control: ClusterControl,
  status: TrainJobStatus,
  type: string,
  value: "True" | "False",
  reason: string,
  message: string,
): TrainJobStatus {
  const known = status.conditions.find((condition) => condition.type === type);
  if (known?.status === value && known.reason === reason) return status;
  const condition = {
    type,
    status: value,
    reason,
    message,
    lastTransitionTime: formatTime(control.nowMs()),
  };
  return {
    ...status,
    conditions: [...status.conditions.filter((one) => one.type !== type), condition],
  };
}
