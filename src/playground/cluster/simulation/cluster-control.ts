import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import type { ObjectWriter } from "../objects/object-writer.ts";
import { apiVersionOf, type ResourceType } from "../objects/resource-types.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { createEventRecorder } from "./record-event.ts";

/** What the cluster's own controllers work with. */
export interface ClusterControl {
  store: ObjectStore;
  writer: ObjectWriter;
  /** Its own time. */
  nowMs(): number;
  record: ReturnType<typeof createEventRecorder>;
  /** Replaces the status alone, as that component. */
  setStatus(
    type: ResourceType,
    object: KubernetesObject,
    status: object,
    component: string,
  ): KubernetesObject;
}

export function createClusterControl(
  store: ObjectStore,
  writer: ObjectWriter,
  nowMs: () => number,
): ClusterControl {
  return {
    store,
    writer,
    nowMs,
    record: createEventRecorder(store, writer, nowMs),
    setStatus(type, object, status, component) {
      const current = store.get(type.storage, object.metadata.namespace, object.metadata.name) ?? object;
      return writer.update(
        type,
        { ...current, status },
        { writer: componentWriter(component, type, "status") },
      );
    },
  };
}

export const componentWriter = (manager: string, type: ResourceType, subresource?: "status") => ({
  manager,
  operation: "Update" as const,
  apiVersion: apiVersionOf(type),
  ...(subresource && { subresource }),
});
