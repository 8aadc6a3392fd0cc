import { ApiError } from "../errors/api-error.ts";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import type { PodSpec } from "../objects/pod-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "./cluster-control.ts";
import { ATTEMPT_ANNOTATION, DURATION_ANNOTATION, OUTCOME_ANNOTATION } from "./pod-life.ts";

export const OPERATOR = "pytorchjob-controller";
const POD = typeOfKind("Pod");
const SERVICE = typeOfKind("Service");

export interface ReplicaSpec {
  replicas?: number;
  restartPolicy?: "Always" | "OnFailure" | "Never" | "ExitCode";
  template?: {
    metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
    spec?: PodSpec;
  };
}

export interface ReplicaPlace {
  /** "Master" or "Worker". */
  role: string;
  index: number;
  replica: ReplicaSpec;
  isMaster: boolean;
}

export const podNameOf = (job: KubernetesObject, role: string, index: number): string =>
  `${job.metadata.name}-${role.toLowerCase()}-${index}`;

export const jobLabelsOf = (job: KubernetesObject, role: string): Record<string, string> => ({
  "training.kubeflow.org/job-name": job.metadata.name,
  "training.kubeflow.org/operator-name": OPERATOR,
  "training.kubeflow.org/replica-type": role.toLowerCase(),
});

/**
 * One pod and its headless service. `attempt`: how many pods were there in its place before. What the API refuses (a label that
 * is none, a name that is too long) becomes an event, and is tried again at the next look.
 */
export function createReplica(
  control: ClusterControl,
  job: KubernetesObject,
  place: ReplicaPlace,
  attempt: number,
): void {
  try {
    createPodAndService(control, job, place, attempt);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    control.record.about(job, {
      type: "Warning",
      reason: "FailedCreatePod",
      message: `Error creating: ${error.message}`,
      component: OPERATOR,
      once: true,
    });
  }
}

function createPodAndService(
  control: ClusterControl,
  job: KubernetesObject,
  place: ReplicaPlace,
  attempt: number,
): void {
  const { role, index, replica, isMaster } = place;
  const { namespace } = job.metadata;
  const name = podNameOf(job, role, index);
  const labels = {
    ...replica.template?.metadata?.labels,
    ...jobLabelsOf(job, role),
    "training.kubeflow.org/replica-index": String(index),
    ...(isMaster && { "training.kubeflow.org/job-role": "master" }),
  };
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    labels,
    ownerReferences: [ownerOf(job)],
  };
  const simulated = [DURATION_ANNOTATION, OUTCOME_ANNOTATION].flatMap((key) => {
    const value = job.metadata.annotations?.[key];
    return value === undefined ? [] : [[key, value]];
  });
  control.writer.create(
    POD,
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        ...metadata,
        annotations: {
          ...replica.template?.metadata?.annotations,
          ...(Object.fromEntries(simulated) as Record<string, string>),
          ...(attempt > 0 && { [ATTEMPT_ANNOTATION]: String(attempt) }),
        },
      },
      spec: { ...replica.template?.spec, restartPolicy: podRestartPolicy(job, replica) },
    },
    { writer: componentWriter(OPERATOR, POD) },
  );
  record(control, job, "SuccessfulCreatePod", `Created pod: ${name}`);
  if (control.store.get(SERVICE.storage, namespace, name)) return;
  control.writer.create(
    SERVICE,
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { clusterIP: "None", selector: labels, ports: [{ name: "pytorchjob-port", port: 23_456 }] },
    },
    { writer: componentWriter(OPERATOR, SERVICE) },
  );
  record(control, job, "SuccessfulCreateService", `Created service: ${name}`);
}

/**
 * The operator hands the replica's policy on and leaves ExitCode to itself. Without a backoffLimit a real container would crash
 * and be restarted for ever; here the first failure ends it, so that a demonstration ends.
 */
function podRestartPolicy(job: KubernetesObject, { restartPolicy = "OnFailure" }: ReplicaSpec): string {
  const { runPolicy } = (job.spec ?? {}) as { runPolicy?: { backoffLimit?: number } };
  if (restartPolicy === "ExitCode" || runPolicy?.backoffLimit === undefined) return "Never";
  return restartPolicy;
}

export function deleteReplica(control: ClusterControl, job: KubernetesObject, pod: KubernetesObject): void {
  const { namespace, name } = pod.metadata;
  if (pod.metadata.deletionTimestamp !== undefined) return;
  control.writer.remove(POD, pod);
  const service = control.store.get(SERVICE.storage, namespace, name);
  if (service) control.writer.remove(SERVICE, service);
  record(control, job, "SuccessfulDeletePod", `Deleted pod: ${name}`);
}

export function record(
  control: ClusterControl,
  job: KubernetesObject,
  reason: string,
  message: string,
  type: "Normal" | "Warning" = "Normal",
): void {
  control.record.about(job, { type, reason, message, component: OPERATOR });
}

const ownerOf = ({ apiVersion, kind, metadata: { name, uid } }: KubernetesObject) => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});
