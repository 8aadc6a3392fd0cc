import type { KubernetesObject } from "../objects/kubernetes-object.ts";

export interface Change {
  type: "ADDED" | "MODIFIED" | "DELETED";
  /** "<group>/<plural>". */
  resource: string;
  object: KubernetesObject;
  /** What was there before; missing for ADDED. */
  previous?: KubernetesObject;
  resourceVersion: number;
}

/** The bounded history from which watches resume and old pages of a list are read. */
export interface WatchCache {
  add(change: Change): void;
  /** Changes after that version, or undefined when they are no longer all known. */
  since(resource: string, resourceVersion: number): Change[] | undefined;
  /** The list as it was at that version, or undefined when that is no longer known. */
  listAt(
    resource: string,
    resourceVersion: number,
    current: readonly KubernetesObject[],
  ): KubernetesObject[] | undefined;
  /** The oldest version a watch may start from. */
  oldestResourceVersion(): number;
  /** Forgets everything, as a compaction of the store would. */
  expire(): void;
}

export function createWatchCache(limit: number, startVersion: number): WatchCache {
  let changes: Change[] = [];
  let oldest = startVersion;
  let newest = startVersion;

  const identity = (object: KubernetesObject): string =>
    `${object.metadata.namespace ?? ""}/${object.metadata.name}`;

  const since = (resource: string, resourceVersion: number): Change[] | undefined => {
    if (resourceVersion < oldest) return undefined;
    return changes.filter(
      (change) => change.resourceVersion > resourceVersion && change.resource === resource,
    );
  };

  return {
    add(change) {
      changes.push(change);
      newest = change.resourceVersion;
      // Trimmed in slices, so that a write does not move the whole array each time.
      if (changes.length > limit * 1.25) {
        changes = changes.slice(-limit);
        oldest = (changes[0]?.resourceVersion ?? newest) - 1;
      }
    },
    since,
    listAt(resource, resourceVersion, current) {
      const later = since(resource, resourceVersion);
      if (!later) return undefined;
      const objects = new Map(current.map((object) => [identity(object), object]));
      for (const change of later.toReversed()) {
        if (change.previous) objects.set(identity(change.previous), change.previous);
        else objects.delete(identity(change.object));
      }
      return [...objects].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, object]) => object);
    },
    oldestResourceVersion: () => oldest,
    expire() {
      changes = [];
      oldest = newest;
    },
  };
}
