import { apiVersionOf, resourceTypes, type ResourceType } from "../objects/resource-types.ts";

/**
 * `/openapi/v3` without schemas: only which query parameters each kind takes, which is what `kubectl apply` and
 * `kubectl --dry-run=server` look up before they write. Undefined for other paths.
 */
export function openapiDocument(path: string): Record<string, unknown> | undefined {
  if (path === "/openapi/v3") {
    const versions = [...new Set(resourceTypes.map(folderOf))];
    return {
      paths: Object.fromEntries(
        versions.map((folder) => [folder, { serverRelativeURL: `/openapi/v3/${folder}?hash=simulated` }]),
      ),
    };
  }
  const folder = /^\/openapi\/v3\/(.+)$/.exec(path)?.[1];
  const types = resourceTypes.filter((type) => folderOf(type) === folder);
  if (types.length === 0) return undefined;
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes (simulated)", version: "v1.36.3-simulated" },
    paths: Object.fromEntries(
      types.map((type) => [
        `/${folder}/${type.namespaced ? "namespaces/{namespace}/" : ""}${type.resource}/{name}`,
        { patch: operationOf(type), put: operationOf(type), delete: operationOf(type) },
      ]),
    ),
    components: { schemas: {} },
  };
}

const folderOf = (type: ResourceType): string => `api${type.group === "" ? "" : "s"}/${apiVersionOf(type)}`;

function operationOf(type: ResourceType): Record<string, unknown> {
  return {
    parameters: ["dryRun", "fieldManager", "fieldValidation", "force"].map((name) => ({
      name,
      in: "query",
      schema: { type: name === "force" ? "boolean" : "string", uniqueItems: true },
    })),
    responses: { 200: { description: "OK" } },
    "x-kubernetes-group-version-kind": { group: type.group, version: type.version, kind: type.kind },
  };
}
