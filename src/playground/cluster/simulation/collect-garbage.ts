import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { typeOfStorage } from "../objects/resource-types.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { ClusterControl } from "./cluster-control.ts";

const FOREGROUND = "foregroundDeletion";

/**
 * Deletes what has lost its last owner, lets go of owners that waited for what they own (foreground deletion), and of
 * namespaces that have become empty.
 */
export function collectGarbage({ store, writer }: ClusterControl): void {
  for (const { resource, object: known } of store.state().objects) {
    const type = typeOfStorage(resource);
    // What went before in this round may have taken it along.
    const object = store.findByUid(known.metadata.uid)?.object;
    if (!object) continue;
    const owners = object.metadata.ownerReferences ?? [];
    const living = owners.map(({ uid }) => store.findByUid(uid)?.object);
    const isAbandoned = owners.length > 0 && living.every((owner) => owner === undefined);
    const isLeaving =
      living.length > 0 && living.every((owner) => owner === undefined || isForeground(owner));
    if ((isAbandoned || isLeaving) && object.metadata.deletionTimestamp === undefined)
      writer.remove(type, object, { propagation: isLeaving && !isAbandoned ? "Foreground" : "Background" });
    if (isForeground(object)) finishForeground(store, resource, object);
  }
  for (const namespace of store.list("/namespaces")) {
    if (namespace.metadata.deletionTimestamp === undefined) continue;
    for (const { resource, object } of store.contentsOf(namespace.metadata.name))
      if (object.metadata.deletionTimestamp === undefined) writer.remove(typeOfStorage(resource), object);
    if (store.contentsOf(namespace.metadata.name).length === 0) store.remove("/namespaces", namespace);
  }
}

function finishForeground(store: ObjectStore, resource: string, owner: KubernetesObject): void {
  const blocking = store
    .dependentsOf(owner.metadata.uid)
    .flatMap(({ object }) => object.metadata.ownerReferences ?? [])
    .filter(({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true);
  if (blocking.length > 0) return;
  const finalizers = (owner.metadata.finalizers ?? []).filter((finalizer) => finalizer !== FOREGROUND);
  const released = { ...owner, metadata: { ...owner.metadata, finalizers } };
  if (finalizers.length > 0) store.put(resource, released);
  else store.remove(resource, released);
}

const isForeground = ({ metadata }: KubernetesObject): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(FOREGROUND) === true;
