import { ApiError } from "../errors/api-error.ts";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import type { PodSpec } from "../objects/pod-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "./cluster-control.ts";
import { DURATION_ANNOTATION, OUTCOME_ANNOTATION } from "./pod-life.ts";

const POD = typeOfKind("Pod");

export interface PodPlan {
  name: string;
  labels: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  spec: PodSpec;
}

export const ownerOf = ({ apiVersion, kind, metadata: { name, uid } }: KubernetesObject) => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** What is said on an object of how its pods shall live. */
export function simulatedAnnotationsOf({ metadata }: KubernetesObject): Record<string, string> {
  const said = [DURATION_ANNOTATION, OUTCOME_ANNOTATION].flatMap((key) => {
    const value = metadata.annotations?.[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(said);
}

export function podsOwnedBy({ store }: ClusterControl, owner: KubernetesObject): KubernetesObject[] {
  return store
    .dependentsOf(owner.metadata.uid)
    .filter(({ resource }) => resource === POD.storage)
    .map(({ object }) => object);
}

/** What the API refuses (a label that is none) becomes an event, and is tried again at the next look. */
export function createOwnedPod(
  control: ClusterControl,
  owner: KubernetesObject,
  component: string,
  plan: PodPlan,
): void {
  const { namespace } = owner.metadata;
  try {
    control.writer.create(
      POD,
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: plan.name,
          ...(namespace !== undefined && { namespace }),
          labels: { ...plan.labels },
          annotations: { ...plan.annotations },
          ownerReferences: [ownerOf(owner)],
        },
        spec: plan.spec,
      },
      { writer: componentWriter(component, POD) },
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    control.record.about(owner, {
      type: "Warning",
      reason: "FailedCreate",
      message: `Error creating: ${error.message}`,
      component,
      once: true,
    });
  }
}

export function deleteOwnedPod(control: ClusterControl, pod: KubernetesObject): void {
  if (pod.metadata.deletionTimestamp === undefined) control.writer.remove(POD, pod);
}
