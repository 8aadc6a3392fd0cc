import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { formatTime } from "../objects/kubernetes-object.ts";
import type { ObjectWriter } from "../objects/object-writer.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import type { ObjectStore } from "../store/object-store.ts";

const EVENT = typeOfKind("Event");
/** As long as the API server keeps them. */
const KEPT_MS = 3_600_000;

export interface EventText {
  type: "Normal" | "Warning";
  reason: string;
  message: string;
  /** "default-scheduler", "kubelet", … */
  component: string;
}

/** Writes events about objects; the same one again only counts. They go after an hour. */
export function createEventRecorder(store: ObjectStore, writer: ObjectWriter, nowMs: () => number) {
  let sequence = 0;
  const writerOf = (component: string) => ({
    manager: component,
    operation: "Update" as const,
    apiVersion: "v1",
  });
  return {
    about(object: KubernetesObject, { type, reason, message, component }: EventText): void {
      const namespace = object.metadata.namespace ?? "default";
      // A namespace on its way out takes nothing new.
      if (store.get("/namespaces", undefined, namespace)?.metadata.deletionTimestamp !== undefined) return;
      const time = formatTime(nowMs());
      const same = store
        .list(EVENT.storage, namespace)
        .find(
          (event) =>
            (event["involvedObject"] as { uid?: string }).uid === object.metadata.uid &&
            event["reason"] === reason &&
            event["message"] === message,
        );
      if (same) {
        const count = Number(same["count"] ?? 1) + 1;
        writer.update(EVENT, { ...same, count, lastTimestamp: time }, { writer: writerOf(component) });
        return;
      }
      sequence += 1;
      writer.create(
        EVENT,
        {
          apiVersion: "v1",
          kind: "Event",
          metadata: {
            name: `${object.metadata.name}.${(nowMs() * 1_000 + (sequence % 1_000)).toString(16)}`,
            namespace,
          },
          involvedObject: {
            kind: object.kind,
            namespace,
            name: object.metadata.name,
            uid: object.metadata.uid,
            apiVersion: object.apiVersion,
            resourceVersion: object.metadata.resourceVersion,
          },
          type,
          reason,
          message,
          source: { component },
          reportingComponent: component,
          reportingInstance: "",
          firstTimestamp: time,
          lastTimestamp: time,
          count: 1,
        },
        { writer: writerOf(component) },
      );
    },
    forgetOld(): void {
      for (const event of store.list(EVENT.storage))
        if (lastSeenMs(event) < nowMs() - KEPT_MS) writer.remove(EVENT, event);
    },
  };
}

function lastSeenMs({ lastTimestamp, metadata }: KubernetesObject): number {
  return Date.parse(typeof lastTimestamp === "string" ? lastTimestamp : metadata.creationTimestamp);
}
