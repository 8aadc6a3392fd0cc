import { createHash } from "node:crypto";
import { QUEUE_LABEL } from "../../objects/kueue-shapes.ts";
import { formatTime, type KubernetesObject } from "../../objects/kubernetes-object.ts";
import { apiVersionOf, typeOfKind } from "../../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "../cluster-control.ts";
import { isFinished, type JobCondition } from "../job-conditions.ts";
import type { ReplicaSpec } from "../job-pods.ts";
import { labelsOfFlavor } from "./cluster-queue.ts";
import {
  isSet,
  KUEUE,
  statusOf,
  withConditions,
  WORKLOAD,
  type PodSet,
  type WorkloadStatus,
} from "./workload.ts";

const JOB = typeOfKind("PyTorchJob");
const PRIORITY_CLASS = typeOfKind("WorkloadPriorityClass");
const PRIORITY_LABEL = "kueue.x-k8s.io/priority-class";
/** In the order of the Training Operator. */
const ROLES = ["Master", "Worker"];

interface JobSpec {
  runPolicy?: { suspend?: boolean };
  pytorchReplicaSpecs: Record<string, ReplicaSpec>;
}

/** A workload for each job that names a queue and has not ended. */
export function keepWorkloads(control: ClusterControl): void {
  for (const job of control.store.list(JOB.storage)) {
    const { labels = {}, deletionTimestamp, namespace, name, uid } = job.metadata;
    const queueName = labels[QUEUE_LABEL];
    if (queueName === undefined || deletionTimestamp !== undefined || isFinished(conditionsOf(job))) continue;
    const hash = createHash("sha1").update(uid).digest("hex").slice(0, 5);
    const workload = `pytorchjob-${name}-${hash}`;
    if (control.store.get(WORKLOAD.storage, namespace, workload)) continue;
    const metadata = {
      name: workload,
      ...(namespace !== undefined && { namespace }),
      labels: { "kueue.x-k8s.io/job-uid": uid },
      ownerReferences: [
        { apiVersion: job.apiVersion, kind: job.kind, name, uid, controller: true, blockOwnerDeletion: true },
      ],
    };
    const priority = priorityOf(control, labels[PRIORITY_LABEL]);
    control.writer.create(
      WORKLOAD,
      {
        apiVersion: apiVersionOf(WORKLOAD),
        kind: WORKLOAD.kind,
        metadata,
        spec: { queueName, active: true, priority, podSets: podSetsOf(job.spec as JobSpec) },
      },
      { writer: componentWriter(KUEUE, WORKLOAD) },
    );
  }
}

function priorityOf({ store }: ClusterControl, className: string | undefined): number {
  if (className === undefined) return 0;
  return Number(store.get(PRIORITY_CLASS.storage, undefined, className)?.["value"] ?? 0);
}

function podSetsOf({ pytorchReplicaSpecs }: JobSpec): readonly PodSet[] {
  return ROLES.flatMap((role) => {
    const replica = pytorchReplicaSpecs[role];
    if (replica === undefined) return [];
    const { replicas = 1, template } = replica;
    return [{ name: role.toLowerCase(), count: replicas, ...(template !== undefined && { template }) }];
  });
}

/** Lets the job of an admitted workload go on nodes of its flavors, holds back every other, and notices its end. */
export function steerJob(control: ClusterControl, workload: KubernetesObject): void {
  const [owner] = workload.metadata.ownerReferences ?? [];
  const job = owner && control.store.findByUid(owner.uid)?.object;
  if (!job || job.metadata.deletionTimestamp !== undefined) return;
  const status = statusOf(workload);
  if (isSet(status, "Finished")) return;
  const end = conditionsOf(job).find(
    ({ type, status: is }) => is === "True" && (type === "Succeeded" || type === "Failed"),
  );
  if (end !== undefined) {
    const { type: reason, message } = end;
    const time = formatTime(control.nowMs());
    const finished = withConditions(status, time, { type: "Finished", status: "True", reason, message });
    control.setStatus(WORKLOAD, workload, finished, KUEUE);
    return;
  }
  const spec = job.spec as JobSpec;
  const isSuspended = spec.runPolicy?.suspend === true;
  const isAdmitted = isSet(status, "Admitted");
  if (isAdmitted !== isSuspended) return;
  const steered = isAdmitted ? placed(control, spec, status) : spec;
  control.writer.update(
    JOB,
    { ...job, spec: { ...steered, runPolicy: { ...spec.runPolicy, suspend: !isAdmitted } } },
    { writer: componentWriter(KUEUE, JOB) },
  );
}

function placed({ store }: ClusterControl, spec: JobSpec, { admission }: WorkloadStatus): JobSpec {
  const pytorchReplicaSpecs = Object.fromEntries(
    Object.entries(spec.pytorchReplicaSpecs).map(([role, replica]) => {
      const assigned = admission?.podSetAssignments.find(({ name }) => name === role.toLowerCase());
      const flavors = [...new Set(Object.values(assigned?.flavors ?? {}))];
      const labels = flavors.map((flavor) => labelsOfFlavor(store, flavor));
      const pod = replica.template?.spec;
      const nodeSelector = Object.assign({}, pod?.nodeSelector, ...labels) as Record<string, string>;
      return [role, { ...replica, template: { ...replica.template, spec: { ...pod, nodeSelector } } }];
    }),
  );
  return { ...spec, pytorchReplicaSpecs };
}

const conditionsOf = (job: KubernetesObject): readonly JobCondition[] =>
  ((job.status ?? {}) as { conditions?: readonly JobCondition[] }).conditions ?? [];
