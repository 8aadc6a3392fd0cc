import { randomBytes } from "node:crypto";
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
  /** Not counted again: for what is found anew at every look. */
  once?: true;
}

/** Writes events about objects; the same one again only counts. They go after an hour. */
export function createEventRecorder(store: ObjectStore, writer: ObjectWriter, nowMs: () => number) {
  /** What was told -> the event's name. */
  const names = new Map(store.list(EVENT.storage).map((event) => [keyOf(event), event.metadata.name]));
  const writerOf = (component: string) => ({
    manager: component,
    operation: "Update" as const,
    apiVersion: "v1",
  });
  return {
    about(object: KubernetesObject, { type, reason, message, component, once }: EventText): void {
      const namespace = object.metadata.namespace ?? "default";
      // A namespace that is gone or on its way takes nothing new.
      const home = store.get("/namespaces", undefined, namespace);
      if (!home || home.metadata.deletionTimestamp !== undefined) return;
      const time = formatTime(nowMs());
      const told = textOf(object.metadata.uid, reason, message);
      const same = store.get(EVENT.storage, namespace, names.get(told) ?? "");
      if (same && once === true) return;
      if (same) {
        const count = Number(same["count"] ?? 1) + 1;
        writer.update(EVENT, { ...same, count, lastTimestamp: time }, { writer: writerOf(component) });
        return;
      }
      const name = `${object.metadata.name}.${randomBytes(8).toString("hex")}`;
      names.set(told, name);
      writer.create(
        EVENT,
        {
          apiVersion: "v1",
          kind: "Event",
          metadata: { name, namespace },
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
        if (lastSeenMs(event) < nowMs() - KEPT_MS) {
          writer.remove(EVENT, event);
          names.delete(keyOf(event));
        }
    },
  };
}

const textOf = (uid: unknown, reason: unknown, message: unknown): string =>
  JSON.stringify([uid, reason, message]);

const keyOf = ({ involvedObject, reason, message }: KubernetesObject): string =>
  textOf((involvedObject as { uid?: unknown } | undefined)?.uid, reason, message);

function lastSeenMs({ lastTimestamp, metadata }: KubernetesObject): number {
  return Date.parse(typeof lastTimestamp === "string" ? lastTimestamp : metadata.creationTimestamp);
}
