import type { Change, WatchCache } from "./watch-cache.ts";
import { createWatchCache } from "./watch-cache.ts";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { freezeDeep } from "../objects/kubernetes-object.ts";

/** One committed write, as the journal keeps it. `object` is missing when the object was removed. */
export interface JournalRecord {
  resourceVersion: number;
  /** "<group>/<plural>", e.g. "kubeflow.org/pytorchjobs" or "/pods". */
  resource: string;
  key: string;
  object?: KubernetesObject;
}

export interface StoredState {
  resourceVersion: number;
  objects: readonly { resource: string; object: KubernetesObject }[];
}

/** Takes a write before it becomes visible; a throw means that nothing was committed. */
export interface Journal {
  append(record: JournalRecord, state: () => StoredState): void;
}

export interface ObjectStore {
  readonly history: WatchCache;
  resourceVersion(): number;
  get(resource: string, namespace: string | undefined, name: string): KubernetesObject | undefined;
  /** Sorted by namespace and name; all namespaces when none is given. */
  list(resource: string, namespace?: string): KubernetesObject[];
  findByUid(uid: string): { resource: string; object: KubernetesObject } | undefined;
  /** Everything that names this uid as an owner. */
  dependentsOf(uid: string): { resource: string; object: KubernetesObject }[];
  /** Everything in one namespace, whatever its kind. */
  contentsOf(namespace: string): { resource: string; object: KubernetesObject }[];
  /** Inserts or replaces; answers the committed object with its new resourceVersion. */
  put(resource: string, object: KubernetesObject): KubernetesObject;
  remove(resource: string, object: KubernetesObject): KubernetesObject;
  /** Called after each commit, in order. */
  subscribe(listener: (change: Change) => void): () => void;
  state(): StoredState;
}

export interface ObjectStoreOptions {
  initial?: StoredState;
  journal?: Journal;
  /** Changes that a watch may resume from; older ones answer 410. Default 5,000. */
  historyLimit?: number;
}

export function objectKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ""}/${name}`;
}

/** Synchronous on purpose: a write is journalled, applied and told to everybody before the caller goes on. */
export function createObjectStore(options: ObjectStoreOptions = {}): ObjectStore {
  const tables = new Map<string, Map<string, KubernetesObject>>();
  const byUid = new Map<string, { resource: string; object: KubernetesObject }>();
  const dependents = new Map<string, Set<string>>();
  const listeners = new Set<(change: Change) => void>();
  let counter = options.initial?.resourceVersion ?? 1;
  const history = createWatchCache(options.historyLimit ?? 5_000, counter);

  const table = (resource: string): Map<string, KubernetesObject> => {
    const known = tables.get(resource);
    if (known) return known;
    const created = new Map<string, KubernetesObject>();
    tables.set(resource, created);
    return created;
  };

  const forget = (object: KubernetesObject): void => {
    byUid.delete(object.metadata.uid);
    for (const owner of object.metadata.ownerReferences ?? []) {
      const known = dependents.get(owner.uid);
      known?.delete(object.metadata.uid);
      if (known?.size === 0) dependents.delete(owner.uid);
    }
  };

  const remember = (resource: string, object: KubernetesObject): void => {
    byUid.set(object.metadata.uid, { resource, object });
    for (const owner of object.metadata.ownerReferences ?? []) {
      const known = dependents.get(owner.uid) ?? new Set<string>();
      dependents.set(owner.uid, known.add(object.metadata.uid));
    }
  };

  const state = (): StoredState => ({
    resourceVersion: counter,
    objects: [...tables].flatMap(([resource, objects]) =>
      [...objects.values()].map((object) => ({ resource, object })),
    ),
  });

  const announce = (change: Change): void => {
    history.add(change);
    for (const listener of listeners) listener(change);
  };

  const stamped = (object: KubernetesObject, resourceVersion: number): KubernetesObject =>
    freezeDeep({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(resourceVersion) },
    });

  for (const { resource, object } of options.initial?.objects ?? []) {
    freezeDeep(object);
    table(resource).set(objectKey(object.metadata.namespace, object.metadata.name), object);
    remember(resource, object);
  }

  return {
    history,
    resourceVersion: () => counter,
    get: (resource, namespace, name) => tables.get(resource)?.get(objectKey(namespace, name)),
    list(resource, namespace) {
      const prefix = namespace === undefined ? "" : `${namespace}/`;
      return [...(tables.get(resource) ?? [])]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([, object]) => object);
    },
    findByUid: (uid) => byUid.get(uid),
    dependentsOf: (uid) =>
      [...(dependents.get(uid) ?? [])].flatMap((dependent) => byUid.get(dependent) ?? []),
    contentsOf: (namespace) =>
      [...byUid.values()].filter(({ object }) => object.metadata.namespace === namespace),
    put(resource, object) {
      const key = objectKey(object.metadata.namespace, object.metadata.name);
      const previous = tables.get(resource)?.get(key);
      const next = stamped(object, counter + 1);
      options.journal?.append({ resourceVersion: counter + 1, resource, key, object: next }, state);
      counter += 1;
      if (previous) forget(previous);
      table(resource).set(key, next);
      remember(resource, next);
      announce({
        type: previous ? "MODIFIED" : "ADDED",
        resource,
        object: next,
        resourceVersion: counter,
        ...(previous ? { previous } : {}),
      });
      return next;
    },
    remove(resource, object) {
      const key = objectKey(object.metadata.namespace, object.metadata.name);
      const previous = tables.get(resource)?.get(key);
      if (!previous) return object;
      options.journal?.append({ resourceVersion: counter + 1, resource, key }, state);
      counter += 1;
      const last = stamped(object, counter);
      tables.get(resource)?.delete(key);
      forget(previous);
      announce({ type: "DELETED", resource, object: last, previous, resourceVersion: counter });
      return last;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state,
  };
}
