import type { ClusterClock } from "../cluster-clock.ts";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import type { ObjectWriter } from "../objects/object-writer.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { Authorizer } from "./authorization.ts";
import type { ClusterFaults } from "./cluster-faults.ts";

export interface PodLogLine {
  atMs: number;
  text: string;
}

/** What the API is served from. */
export interface ApiServices {
  store: ObjectStore;
  writer: ObjectWriter;
  clock: ClusterClock;
  authorizer: Authorizer;
  faults: ClusterFaults;
  /** How to end each watch that is open. */
  openWatches: Set<() => void>;
  /** What the container has printed so far, oldest first; undefined when it has not run. `previous`: the run before its last restart. */
  readLog(pod: KubernetesObject, previous: boolean): readonly PodLogLine[] | undefined;
}
