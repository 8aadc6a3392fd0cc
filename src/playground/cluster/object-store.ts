import { randomUUID } from "node:crypto";
import { alreadyExists, conflict, gone, notFound } from "./api-error.ts";
import type { ClusterClock } from "./cluster-clock.ts";
import { openJournal } from "./journal.ts";
import { timeText, type KubeObject } from "./kube-object.ts";
import { apiVersionOf, resourceTypes, type ResourceType } from "./resource-types.ts";

export interface StoreEvent {
  type: "ADDED" | "MODIFIED" | "DELETED";
  resourceType: ResourceType;
  object: KubeObject;
  /** Before the change; a selector may have matched it. */
  before?: KubeObject;
  resourceVersion: number;
}

const HISTORY_LENGTH = 2_000;

export type ObjectStore = ReturnType<typeof createObjectStore>;

/** Objects with versions, a bounded history for watches, owner references that cascade. */
export function createObjectStore(clock: ClusterClock, folder: string | undefined) {
  const journal = openJournal(folder);
  const { objects } = journal;
  let resourceVersion = journal.resourceVersion;
  let oldestKnown = resourceVersion;
  const history: StoreEvent[] = [];
  const listeners = new Set<(event: StoreEvent) => void>();
  const keyOf = (type: ResourceType, namespace: string | undefined, name: string) =>
    `${type.group}/${type.resource}/${type.namespaced ? (namespace ?? "") : ""}/${name}`;

  function emit(event: Omit<StoreEvent, "resourceVersion">): void {
    const full = { ...event, resourceVersion };
    history.push(full);
    if (history.length > HISTORY_LENGTH) oldestKnown = history.shift()?.resourceVersion ?? oldestKnown;
    for (const listener of listeners) listener(full);
  }

  function put(type: ResourceType, object: KubeObject, before: KubeObject | undefined): KubeObject {
    resourceVersion += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(resourceVersion) } };
    const key = keyOf(type, stored.metadata.namespace, stored.metadata.name);
    journal.append({ key, object: stored });
    objects.set(key, stored);
    emit({
      type: before === undefined ? "ADDED" : "MODIFIED",
      resourceType: type,
      object: stored,
      ...(before && { before }),
    });
    return structuredClone(stored);
  }

  function remove(type: ResourceType, object: KubeObject): void {
    resourceVersion += 1;
    const key = keyOf(type, object.metadata.namespace, object.metadata.name);
    journal.append({ key, deletedAt: resourceVersion });
    objects.delete(key);
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(resourceVersion) } };
    emit({ type: "DELETED", resourceType: type, object: last, before: object });
  }

  const store = {
    get version() {
      return resourceVersion;
    },
    get(type: ResourceType, namespace: string | undefined, name: string): KubeObject {
      const object = objects.get(keyOf(type, namespace, name));
      if (object === undefined) throw notFound(type, name);
      return structuredClone(object);
    },
    has: (type: ResourceType, namespace: string | undefined, name: string) =>
      objects.has(keyOf(type, namespace, name)),
    /** In the order of their names. */
    list(type: ResourceType, namespace?: string): KubeObject[] {
      const prefix = `${type.group}/${type.resource}/${namespace === undefined ? "" : `${namespace}/`}`;
      return [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => structuredClone(object));
    },
    create(type: ResourceType, object: KubeObject, dryRun = false): KubeObject {
      const { name, namespace } = object.metadata;
      if (objects.has(keyOf(type, namespace, name))) throw alreadyExists(type, name);
      const { generateName: _generateName, ...metadata } = object.metadata;
      const made: KubeObject = {
        ...structuredClone(object),
        apiVersion: apiVersionOf(type),
        kind: type.kind,
        metadata: {
          ...metadata,
          uid: randomUUID(),
          generation: 1,
          creationTimestamp: timeText(clock.nowMs()),
        },
      };
      if (!dryRun) return put(type, made, undefined);
      return { ...made, metadata: { ...made.metadata, resourceVersion: String(resourceVersion) } };
    },
    /** Writes an object that was read before. A version that is not the current one is a conflict; none means "whatever it is". */
    update(
      type: ResourceType,
      object: KubeObject,
      options: { subresource?: "status"; dryRun?: boolean } = {},
    ): KubeObject {
      const { name, namespace, resourceVersion: wanted } = object.metadata;
      const before = objects.get(keyOf(type, namespace, name));
      if (before === undefined) throw notFound(type, name);
      if (wanted !== undefined && wanted !== before.metadata.resourceVersion)
        throw conflict(
          type,
          name,
          "the object has been modified; please apply your changes to the latest version and try again",
        );
      if (object.metadata.uid !== undefined && object.metadata.uid !== before.metadata.uid)
        throw conflict(
          type,
          name,
          `Precondition failed: UID in precondition: ${object.metadata.uid}, UID in object meta: ${before.metadata.uid ?? ""}`,
        );
      const after: KubeObject =
        options.subresource === "status"
          ? { ...before, status: object["status"] }
          : { ...structuredClone(object), ...(type.hasStatus && { status: before["status"] }) };
      if (after["status"] === undefined) delete after["status"];
      const changedSpec = JSON.stringify(after["spec"]) !== JSON.stringify(before["spec"]);
      const { uid, creationTimestamp, generation = 1, deletionTimestamp } = before.metadata;
      after.metadata = {
        ...(options.subresource === "status" ? before.metadata : after.metadata),
        ...(uid !== undefined && { uid }),
        ...(creationTimestamp !== undefined && { creationTimestamp }),
        ...(deletionTimestamp !== undefined && { deletionTimestamp }),
        generation: changedSpec ? generation + 1 : generation,
      };
      if (options.dryRun === true) return after;
      if (
        JSON.stringify({ ...after, metadata: { ...after.metadata, resourceVersion: "" } }) ===
        JSON.stringify({ ...before, metadata: { ...before.metadata, resourceVersion: "" } })
      )
        return structuredClone(before);
      if (deletionTimestamp !== undefined && (after.metadata.finalizers ?? []).length === 0) {
        remove(type, after);
        return after;
      }
      return put(type, after, before);
    },
    /** With its dependents, unless they are to be orphaned. An object with finalizers is only marked. */
    delete(
      type: ResourceType,
      namespace: string | undefined,
      name: string,
      options: { uid?: string; orphan?: boolean } = {},
    ): KubeObject {
      const object = store.get(type, namespace, name);
      if (options.uid !== undefined && options.uid !== object.metadata.uid)
        throw conflict(
          type,
          name,
          `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${object.metadata.uid ?? ""}`,
        );
      if (options.orphan !== true) store.deleteDependents(object);
      if ((object.metadata.finalizers ?? []).length > 0) {
        if (object.metadata.deletionTimestamp !== undefined) return object;
        return put(
          type,
          { ...object, metadata: { ...object.metadata, deletionTimestamp: timeText(clock.nowMs()) } },
          object,
        );
      }
      remove(type, object);
      if (type.kind === "Namespace") {
        for (const other of resourceTypes.filter((candidate) => candidate.namespaced))
          for (const inside of store.list(other, name)) remove(other, inside);
      }
      return object;
    },
    deleteDependents(owner: KubeObject): void {
      for (const type of resourceTypes) {
        for (const object of store.list(type, type.namespaced ? owner.metadata.namespace : undefined)) {
          const owned =
            object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) === true;
          if (owned && store.has(type, object.metadata.namespace, object.metadata.name))
            store.delete(type, object.metadata.namespace, object.metadata.name);
        }
      }
    },
    /** What has happened after a version. Throws 410 when that is no longer known. */
    since(version: number): StoreEvent[] {
      if (version < oldestKnown) throw gone(`too old resource version: ${version} (${oldestKnown})`);
      return history.filter((event) => event.resourceVersion > version);
    },
    onEvent(listener: (event: StoreEvent) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return store;
}
