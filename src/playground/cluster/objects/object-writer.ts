import { randomUUID } from "node:crypto";
import { alreadyExists, conflict, forbidden, notFound, staleObject } from "../errors/refusals.ts";
import type { ClusterClock } from "../cluster-clock.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { completeDraft } from "./complete-draft.ts";
import type { KubernetesObject, ObjectDraft, ObjectMeta } from "./kubernetes-object.ts";
import { formatTime, isSameJson } from "./kubernetes-object.ts";
import { trackUpdate, type Writer } from "./managed-fields.ts";
import { randomSuffix } from "./names.ts";
import { podSpecOf, isOver } from "./pod-shapes.ts";
import type { ResourceType } from "./resource-types.ts";
import { checkObject } from "./check-object.ts";

export interface WriteOptions {
  /** All checks, nothing stored. */
  dryRun?: boolean;
  writer: Writer;
}

export interface DeleteOptions {
  dryRun?: boolean;
  /** What becomes of what it owns. Default Background. */
  propagation?: "Background" | "Foreground" | "Orphan";
  /** Of a running pod; default its own, 30 s. 0: at once. */
  gracePeriodSeconds?: number;
}

export type ObjectWriter = ReturnType<typeof createObjectWriter>;

/** What the API server does around storage: names, versions, defaults, checks, finalizers. Refusals are thrown as ApiError. */
export function createObjectWriter(store: ObjectStore, clock: ClusterClock) {
  const now = (): string => formatTime(clock.nowMs());
  const find: ObjectStore["get"] = (storage, namespace, name) => store.get(storage, namespace, name);

  function create(type: ResourceType, draft: ObjectDraft, options: WriteOptions): KubernetesObject {
    const { generateName } = draft.metadata;
    const name =
      draft.metadata.name ??
      (generateName === undefined ? "" : `${generateName.slice(0, 58)}${randomSuffix()}`);
    const { namespace } = draft.metadata;
    if (type.namespaced) checkNamespace(type, namespace ?? "", name);
    const { status: _status, ...withoutStatus } = draft;
    const completed = completeDraft({
      ...(type.hasStatus ? withoutStatus : draft),
      metadata: { ...draft.metadata, name },
    });
    checkObject(type, completed, find);
    if (store.get(type.storage, namespace, name)) throw alreadyExists(type, name);
    const { deletionTimestamp: _deletion, managedFields: _managed, ...metadata } = completed.metadata;
    const object: KubernetesObject = {
      ...completed,
      metadata: {
        ...metadata,
        name,
        uid: randomUUID(),
        resourceVersion: "",
        ...(hasGeneration(type) && { generation: 1 }),
        creationTimestamp: now(),
      },
    };
    const made = { ...object, metadata: { ...object.metadata, ...tracked({}, object, options) } };
    if (options.dryRun !== true) return store.put(type.storage, made);
    const { resourceVersion: _version, ...unstored } = made.metadata;
    return { ...made, metadata: unstored as ObjectMeta };
  }

  function checkNamespace(type: ResourceType, namespace: string, name: string): void {
    const found = store.get("/namespaces", undefined, namespace);
    if (!found) throw notFound({ group: "", resource: "namespaces" }, namespace);
    if (found.metadata.deletionTimestamp !== undefined)
      throw forbidden(
        type,
        name,
        `unable to create new content in namespace ${namespace} because it is being terminated`,
        [
          {
            reason: "NamespaceTerminating",
            message: `namespace ${namespace} is being terminated`,
            field: "metadata.namespace",
          },
        ],
      );
  }

  function tracked(
    before: object,
    after: KubernetesObject,
    { writer }: WriteOptions,
  ): Pick<ObjectMeta, "managedFields"> {
    return { managedFields: trackUpdate(before, after, writer, now()) };
  }

  /** Replaces everything but status (or, with `writer.subresource`, nothing but it). A version that is not the current one is a conflict; none means any. */
  function update(type: ResourceType, after: ObjectDraft, options: WriteOptions): KubernetesObject {
    const { name = "", namespace, resourceVersion, uid } = after.metadata;
    const before = store.get(type.storage, namespace, name);
    if (!before) throw notFound(type, name);
    if ((resourceVersion ?? "") !== "" && resourceVersion !== before.metadata.resourceVersion)
      throw staleObject(type, name);
    if ((uid ?? "") !== "" && uid !== before.metadata.uid)
      throw conflict(
        type,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`,
      );
    const merged: KubernetesObject =
      options.writer.subresource === "status"
        ? { ...before, status: after.status }
        : {
            ...after,
            metadata: keptMetadata(before, after),
            ...(type.hasStatus && { status: before.status }),
          };
    if (merged.status === undefined) delete merged.status;
    checkObject(type, merged, find, before);
    // Applying keeps its own record of who owns what; every other write is compared with what was there.
    const managedFields =
      options.writer.operation === "Apply"
        ? after.metadata.managedFields
        : tracked(before, merged, options).managedFields;
    const next = {
      ...merged,
      metadata: { ...merged.metadata, ...(managedFields && { managedFields }) },
    };
    if (isSameJson(next, before)) return before;
    if (hasNewContent(before, next) && before.metadata.generation !== undefined)
      next.metadata = { ...next.metadata, generation: before.metadata.generation + 1 };
    if (options.dryRun === true) return next;
    if (next.metadata.deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0) {
      // The last finalizer went: nothing holds it any more, unless it is a pod that still stops.
      if (before.metadata.finalizers !== undefined && before.metadata.finalizers.length > 0)
        return store.remove(type.storage, next);
    }
    return store.put(type.storage, next);
  }

  /** Answers the object as it was last; `deletionTimestamp` says that it is still there, waiting for its finalizers or its pod. */
  function remove(
    type: ResourceType,
    object: KubernetesObject,
    options: DeleteOptions = {},
  ): KubernetesObject {
    const { propagation = "Background" } = options;
    const graceSeconds = graceOf(type, object, options);
    const dependents = store.dependentsOf(object.metadata.uid);
    const finalizers = new Set(object.metadata.finalizers);
    if (propagation === "Foreground" && dependents.length > 0) finalizers.add("foregroundDeletion");
    if (options.dryRun === true) return object;
    if (propagation === "Orphan")
      for (const { resource, object: dependent } of dependents)
        store.put(resource, withoutOwner(dependent, object.metadata.uid));
    // Pods show that they end, however short it takes.
    const ended = type.storage === "/pods" ? { deletionTimestamp: now(), deletionGracePeriodSeconds: 0 } : {};
    const stays = finalizers.size > 0 || graceSeconds > 0 || type.storage === "/namespaces";
    if (!stays) return store.remove(type.storage, { ...object, metadata: { ...object.metadata, ...ended } });
    if (object.metadata.deletionTimestamp !== undefined && graceSeconds > 0) return object;
    return store.put(type.storage, {
      ...object,
      ...(type.storage === "/namespaces" && { status: { phase: "Terminating" } }),
      metadata: {
        ...object.metadata,
        deletionTimestamp: formatTime(clock.nowMs() + graceSeconds * 1_000),
        deletionGracePeriodSeconds: graceSeconds,
        ...(finalizers.size > 0 && { finalizers: [...finalizers] }),
      },
    });
  }

  return { create, update, remove, now };
}

const hasGeneration = (type: ResourceType): boolean =>
  type.custom || type.storage === "/pods" || ["apps", "batch"].includes(type.group);

/** Only pods that run somewhere are given time to stop. */
function graceOf(type: ResourceType, object: KubernetesObject, options: DeleteOptions): number {
  if (type.storage !== "/pods" || podSpecOf(object).nodeName === undefined || isOver(object)) return 0;
  return options.gracePeriodSeconds ?? Number(podSpecOf(object)["terminationGracePeriodSeconds"] ?? 30);
}

function keptMetadata(before: KubernetesObject, after: ObjectDraft): ObjectMeta {
  const { deletionTimestamp, deletionGracePeriodSeconds, generation, managedFields } = before.metadata;
  const {
    deletionTimestamp: _time,
    deletionGracePeriodSeconds: _grace,
    generation: _generation,
    managedFields: _managed,
    ...given
  } = after.metadata;
  return {
    ...given,
    name: before.metadata.name,
    uid: before.metadata.uid,
    resourceVersion: before.metadata.resourceVersion,
    creationTimestamp: before.metadata.creationTimestamp,
    ...(generation !== undefined && { generation }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
    ...(managedFields && { managedFields }),
  };
}

function hasNewContent(before: KubernetesObject, after: KubernetesObject): boolean {
  const { metadata: _metadata, status: _status, ...old } = before;
  const { metadata: _newMetadata, status: _newStatus, ...content } = after;
  return !isSameJson(old, content);
}

function withoutOwner(object: KubernetesObject, uid: string): KubernetesObject {
  const ownerReferences = (object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
  return { ...object, metadata: { ...object.metadata, ownerReferences } };
}
