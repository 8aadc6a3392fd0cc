import { findType, type ResourceType } from "./resource-types.ts";

/** What a path names. */
export interface Target {
  type: ResourceType;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

export function parseTarget(path: string): Target | undefined {
  const parts = path.split("/").slice(1).map(decodeURIComponent);
  const [root, ...rest] = parts;
  const [group, version, ...more] = root === "api" ? ["", ...rest] : root === "apis" ? rest : [];
  if (group === undefined || version === undefined) return undefined;
  const inNamespace =
    more[0] === "namespaces" && more.length > 2 && !["status", "finalize"].includes(more[2] ?? "");
  const namespace = inNamespace ? more[1] : undefined;
  const [resource, name, subresource, tooMuch] = inNamespace ? more.slice(2) : more;
  const type = findType(group, version, resource ?? "");
  if (type === undefined || tooMuch !== undefined || (inNamespace && !type.namespaced)) return undefined;
  if (
    subresource !== undefined &&
    subresource !== "status" &&
    !(subresource === "log" && type.kind === "Pod")
  )
    return undefined;
  if (subresource === "status" && !type.hasStatus) return undefined;
  return { type, namespace, name: name === "" ? undefined : name, subresource };
}

export function verbOf(method: string, name: string | undefined, watch: boolean): string | undefined {
  if (method === "GET") return watch ? "watch" : name === undefined ? "list" : "get";
  if (method === "POST") return name === undefined ? "create" : undefined;
  if (method === "DELETE") return name === undefined ? "deletecollection" : "delete";
  if (name === undefined) return undefined;
  return method === "PUT" ? "update" : method === "PATCH" ? "patch" : undefined;
}
