import type { JsonObject } from "../objects/kubernetes-object.ts";
import { isJsonObject } from "../objects/kubernetes-object.ts";
import { badRequest } from "../errors/refusals.ts";

/** Lists whose items are told apart by a field, by the name of the list (built-in kinds). Others are replaced whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  addresses: "type",
  conditions: "type",
  containers: "name",
  env: "name",
  ephemeralContainers: "name",
  hostAliases: "ip",
  imagePullSecrets: "name",
  initContainers: "name",
  ownerReferences: "uid",
  secrets: "name",
  volumeMounts: "mountPath",
  volumes: "name",
};

/** The field that tells the items of a list apart; undefined for lists that are one value. `ports` is keyed differently in a container and in a Service. */
export function mergeKeyOf(field: string, items: readonly unknown[]): string | undefined {
  if (field !== "ports") return MERGE_KEYS[field];
  return items.some((item) => isJsonObject(item) && "containerPort" in item) ? "containerPort" : "port";
}

/** Kubernetes' strategic merge patch with its $patch and $deleteFromPrimitiveList directives. */
export function applyStrategicMerge(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const { $patch: directive, ...fields } = patch;
  if (directive === "replace") return fields;
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge") {
    throw badRequest(`Unknown patch type: ${JSON.stringify(directive)}`);
  }
  const result: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(fields)) {
    if (key.startsWith("$deleteFromPrimitiveList/"))
      removeItems(result, key.slice(key.indexOf("/") + 1), value);
    else if (key === "$retainKeys" && Array.isArray(value)) retain(result, value);
    // The order of a list is kept as it is; the directive carries no content.
    else if (key.startsWith("$setElementOrder/")) continue;
    else if (value === null) delete result[key];
    else if (Array.isArray(value)) result[key] = mergeList(key, result[key], value);
    else result[key] = applyStrategicMerge(result[key], value);
  }
  return result;
}

function mergeList(field: string, current: unknown, patch: readonly unknown[]): unknown[] {
  const existing = Array.isArray(current) ? (current as unknown[]) : [];
  if (field === "finalizers") return [...new Set([...existing, ...patch])];
  const mergeKey = mergeKeyOf(field, [...existing, ...patch]);
  if (mergeKey === undefined) return [...patch];
  if (patch.some((item) => isJsonObject(item) && item["$patch"] === "replace" && !(mergeKey in item))) {
    return patch.filter((item) => !isJsonObject(item) || item["$patch"] === undefined);
  }
  let items = [...existing];
  for (const change of patch) {
    if (!isJsonObject(change) || change[mergeKey] === undefined) {
      throw badRequest(`map: ${JSON.stringify(change)} does not contain declared merge key: ${mergeKey}`);
    }
    const index = items.findIndex((item) => isJsonObject(item) && item[mergeKey] === change[mergeKey]);
    if (change["$patch"] === "delete") items = items.filter((_item, position) => position !== index);
    else if (index === -1) items.push(applyStrategicMerge({}, change));
    else items[index] = applyStrategicMerge(items[index], change);
  }
  return items;
}

function removeItems(result: JsonObject, field: string, values: unknown): void {
  const current = result[field];
  if (Array.isArray(current) && Array.isArray(values)) {
    result[field] = current.filter((item) => !values.includes(item));
  }
}

function retain(result: JsonObject, keys: readonly unknown[]): void {
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key];
}
