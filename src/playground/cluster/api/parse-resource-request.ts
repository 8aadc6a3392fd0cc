import { badRequest, methodNotAllowed, pathNotFound } from "../errors/refusals.ts";
import { selectedName } from "./field-selector.ts";
import type { ResourceType } from "../objects/resource-types.ts";
import { findResourceType, isGroupVersionServed } from "../objects/resource-types.ts";

/** What a request asks of which resource, as authorization and the handlers see it. */
export interface ResourceRequest {
  verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";
  type: ResourceType;
  namespace?: string;
  name?: string;
  subresource?: string;
  query: URLSearchParams;
}

/** Undefined when the path names no resource (discovery and the like); throws 404 or 405 when it names none of ours. */
export function parseResourceRequest(method: string, url: URL): ResourceRequest | undefined {
  const segments = decodedSegments(url.pathname);
  const [root] = segments;
  const isCore = root === "api";
  if (!isCore && root !== "apis") return undefined;
  const rest = segments.slice(isCore ? 2 : 3);
  if (rest.length === 0) return undefined;
  const group = isCore ? "" : (segments[1] ?? "");
  const version = (isCore ? segments[1] : segments[2]) ?? "";
  if (!isGroupVersionServed(group, version)) return undefined;
  const target = parseTarget(rest, group, version);
  if (!target) throw pathNotFound();
  return { ...target, verb: verbOf(method, target, url.searchParams), query: url.searchParams };
}

type Target = Pick<ResourceRequest, "type" | "namespace" | "name" | "subresource">;

function parseTarget(segments: readonly string[], group: string, version: string): Target | undefined {
  const isInNamespace = segments[0] === "namespaces" && segments.length > 2 && !isNamespacePart(segments);
  const [resource = "", name, subresource, ...more] = isInNamespace ? segments.slice(2) : segments;
  const namespace = isInNamespace ? segments[1] : undefined;
  const type = findResourceType(group, version, resource);
  // What follows `proxy` is the service's own path.
  if (!type || (more.length > 0 && subresource !== "proxy")) return undefined;
  if (!type.namespaced && namespace !== undefined) return undefined;
  if (type.namespaced && namespace === undefined && name !== undefined) return undefined;
  return {
    type,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** `/namespaces/x/status` is about the namespace itself. */
const isNamespacePart = (segments: readonly string[]): boolean =>
  segments.length === 3 && (segments[2] === "status" || segments[2] === "finalize");

function verbOf(method: string, target: Target, query: URLSearchParams): ResourceRequest["verb"] {
  const isNamed = target.name !== undefined;
  const isAllNamespaces = target.type.namespaced && target.namespace === undefined;
  const verb = ((): ResourceRequest["verb"] | undefined => {
    switch (method) {
      case "GET":
      case "HEAD":
        if (isNamed) return "get";
        return isTrue(query.get("watch")) ? "watch" : "list";
      case "POST":
        if (target.subresource === "proxy") return "create";
        return isNamed || isAllNamespaces ? undefined : "create";
      case "PUT":
        return isNamed ? "update" : undefined;
      case "PATCH":
        return isNamed ? "patch" : undefined;
      case "DELETE":
        if (isNamed) return "delete";
        return isAllNamespaces ? undefined : "deletecollection";
      default:
        return undefined;
    }
  })();
  if (!verb || (target.type.review && verb !== "create")) throw methodNotAllowed();
  return verb;
}

/** The object's name as far as authorization is concerned. */
export function authorizedName(request: ResourceRequest): string | undefined {
  return request.name ?? selectedName(request.query.get("fieldSelector") ?? "");
}

export const isTrue = (value: string | null): boolean => value === "true" || value === "1";

function decodedSegments(pathname: string): string[] {
  try {
    return pathname
      .split("/")
      .filter((segment) => segment !== "")
      .map((segment) => decodeURIComponent(segment));
  } catch {
    throw badRequest(`the path ${pathname} has a malformed escape sequence`);
  }
}
