import { randomUUID } from "node:crypto";
import {
  ClusterForbiddenError,
  ClusterUnavailableError,
  type Cluster,
  type ObjectRef,
} from "#src/actions/cluster-ports.ts";
import type { PlatformObject } from "#src/actions/ports.ts";

/** A cluster that keeps objects, knows who may write, can go away and can lose an answer after it has done the work. */
export function createInMemoryCluster(name = "onprem-a", { simulated = false } = {}) {
  const objects = new Map<string, PlatformObject>();
  const logs = new Map<string, string[]>();
  const creators: { name: string; user: string }[] = [];
  const faults = { away: false, forbidden: false, loseNextAnswer: false, readers: new Set<string>() };
  /** What an operator would do about a change. */
  const reactions: { patched?: (object: PlatformObject) => void } = {};
  const keyOf = (resource: string, namespace: string | undefined, objectName: string) =>
    `${resource}/${namespace ?? ""}/${objectName}`;
  const check = () => {
    if (faults.away) throw new ClusterUnavailableError(name, "connect ECONNREFUSED 127.0.0.1:1");
  };
  const checkRead = () => {
    check();
    if (faults.forbidden) throw new ClusterForbiddenError("nodes is forbidden");
  };
  const watchers = new Set<{ resource: string; onChange: Parameters<Cluster["watch"]>[1] }>();
  const tell = (resource: string, objectName: string, object?: PlatformObject) => {
    for (const watcher of watchers)
      if (watcher.resource === resource) watcher.onChange(objectName, structuredClone(object));
  };
  const cluster: Cluster = {
    name,
    simulated,
    async create(object, as, { dryRun = false } = {}) {
      check();
      if (faults.readers.has(as.user))
        return { ok: false, failure: { kind: "forbidden", message: `User "${as.user}" cannot create` } };
      const key = keyOf(`${object.kind.toLowerCase()}s`, object.metadata.namespace, object.metadata.name);
      if (objects.has(key)) return { ok: false, failure: { kind: "exists" } };
      const made = { ...structuredClone(object), metadata: { ...object.metadata, uid: randomUUID() } };
      if (dryRun) return { ok: true, value: made };
      objects.set(key, made);
      creators.push({ name: object.metadata.name, user: as.user });
      tell(`${object.kind.toLowerCase()}s`, object.metadata.name, made);
      if (faults.loseNextAnswer) {
        faults.loseNextAnswer = false;
        throw new ClusterUnavailableError(name, "socket hang up");
      }
      return { ok: true, value: structuredClone(made) };
    },
    async get(ref: ObjectRef, _as, { subresource } = {}) {
      checkRead();
      const key = keyOf(ref.resource, ref.namespace, ref.name);
      const object = objects.get(subresource === undefined ? key : `${key}/${subresource}`);
      return object === undefined ? undefined : structuredClone(object);
    },
    async list(ref, _as, { labelSelector, fieldSelector } = {}) {
      checkRead();
      const prefix = `${ref.resource}/${ref.namespace === undefined ? "" : `${ref.namespace}/`}`;
      const [label = "", value] = labelSelector?.split("=") ?? [];
      return [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([, object]) => structuredClone(object))
        .filter(({ metadata }) => labelSelector === undefined || metadata.labels?.[label] === value)
        .filter((object) => fieldSelector === undefined || hasField(object, fieldSelector));
    },
    async delete(ref, as) {
      check();
      if (faults.readers.has(as.user))
        return { ok: false, failure: { kind: "forbidden", message: `User "${as.user}" cannot delete` } };
      const key = keyOf(ref.resource, ref.namespace, ref.name);
      const uid = (objects.get(key)?.metadata as { uid?: string } | undefined)?.uid;
      if (ref.uid !== undefined && ref.uid !== uid) return { ok: true, value: false };
      const isGone = objects.delete(key);
      tell(ref.resource, ref.name);
      return { ok: true, value: isGone };
    },
    async patch(ref, patch, as) {
      check();
      if (faults.readers.has(as.user))
        return { ok: false, failure: { kind: "forbidden", message: `User "${as.user}" cannot patch` } };
      const key = keyOf(ref.resource, ref.namespace, ref.name);
      const object = objects.get(key);
      if (object === undefined) return { ok: false, failure: { kind: "not-found" } };
      const merged = mergePatch(object, patch) as PlatformObject;
      objects.set(key, merged);
      reactions.patched?.(merged);
      tell(ref.resource, ref.name, merged);
      return { ok: true, value: structuredClone(merged) };
    },
    async *logs({ pod }) {
      checkRead();
      yield* logs.get(pod) ?? [];
    },
    async callService({ service }, _call, as) {
      checkRead();
      const isClosed = faults.readers.has(as.user);
      const message = `services "${service}" ${isClosed ? "is forbidden" : "not found"}`;
      const code = isClosed ? 403 : 404;
      return { code, text: JSON.stringify({ kind: "Status", message, code }) };
    },
    async mayI(_access, as) {
      check();
      return { allowed: !faults.readers.has(as.user) };
    },
    watch(ref, onChange, signal, { onListed } = {}) {
      const watcher = { resource: ref.resource, onChange };
      watchers.add(watcher);
      signal.addEventListener("abort", () => watchers.delete(watcher), { once: true });
      const found = [...objects.values()].filter((object) =>
        objects.has(keyOf(ref.resource, ref.namespace, object.metadata.name)),
      );
      for (const object of found) onChange(object.metadata.name, structuredClone(object));
      onListed?.(new Set(found.map(({ metadata }) => metadata.name)));
    },
    async status() {
      checkRead();
      const nodes = [{ name: "gpu-1", gpuType: "h100", ready: true, total: 8, allocated: 3, holders: [] }];
      return { cluster: name, simulated, nodes, waiting: [], observedAt: new Date(0) };
    },
    async isReachable() {
      return faults.away ? { reachable: false, reason: "away" } : { reachable: true, version: "v1.34.0" };
    },
  };
  return {
    cluster,
    objects,
    logs,
    creators,
    faults,
    reactions,
    /** Sets the status of the one job of that name, as its operator would. */
    setCondition(objectName: string, type: string, message = `${type}.`) {
      for (const [key, object] of objects) {
        if (!key.endsWith(`/${objectName}`)) continue;
        const at = new Date().toISOString();
        object["status"] = {
          startTime: at,
          conditions: [{ type, status: "True", message }],
          ...((type === "Succeeded" || type === "Failed") && { completionTime: at }),
        };
      }
    },
  };
}

/** "involvedObject.uid=…", one term. */
function hasField(object: PlatformObject, selector: string): boolean {
  const [path = "", wanted] = selector.split("=");
  const value = path
    .split(".")
    .reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], object);
  return value === wanted;
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return structuredClone(patch);
  const merged: Record<string, unknown> =
    target !== null && typeof target === "object" && !Array.isArray(target)
      ? structuredClone(target as Record<string, unknown>)
      : {};
  for (const [field, value] of Object.entries(patch))
    if (value === null) delete merged[field];
    else merged[field] = mergePatch(merged[field], value);
  return merged;
}
