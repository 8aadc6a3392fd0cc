import { resourceTypes, type ResourceType } from "../objects/resource-types.ts";
import { verbsOf } from "./discovery.ts";

const MEDIA_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** The whole of `/api` or `/apis` in one document, for clients that accept it; undefined for others. */
export function aggregatedDiscovery(
  path: string,
  accept: string,
): { mediaType: string; body: Record<string, unknown> } | undefined {
  if (path !== "/api" && path !== "/apis") return undefined;
  const accepted = accept.split(",").map((part) => part.replaceAll(" ", ""));
  if (!accepted.some((part) => part.startsWith(MEDIA_TYPE))) return undefined;
  const groups = [...new Set(resourceTypes.map(({ group }) => group))].filter(
    (group) => (group === "") === (path === "/api"),
  );
  return {
    mediaType: MEDIA_TYPE,
    body: {
      kind: "APIGroupDiscoveryList",
      apiVersion: "apidiscovery.k8s.io/v2",
      metadata: {},
      items: groups.map(groupItem),
    },
  };
}

function groupItem(group: string): Record<string, unknown> {
  const types = resourceTypes.filter((type) => type.group === group);
  const versions = [...new Set(types.map(({ version }) => version))];
  return {
    metadata: group === "" ? {} : { name: group },
    versions: versions.map((version) => ({
      version,
      freshness: "Current",
      resources: types.filter((type) => type.version === version).map(resourceItem),
    })),
  };
}

function resourceItem(type: ResourceType): Record<string, unknown> {
  const responseKind = { group: type.group, version: type.version, kind: type.kind };
  const subresources = [
    ...(type.hasStatus ? [{ subresource: "status", responseKind, verbs: ["get", "patch", "update"] }] : []),
    ...(type.storage === "/pods"
      ? [{ subresource: "log", responseKind: { ...responseKind, kind: "Pod" }, verbs: ["get"] }]
      : []),
  ];
  return {
    resource: type.resource,
    responseKind,
    scope: type.namespaced ? "Namespaced" : "Cluster",
    singularResource: type.singular,
    verbs: verbsOf(type),
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
    ...(type.inAll && { categories: ["all"] }),
    ...(subresources.length > 0 && { subresources }),
  };
}
