import { resourceTypes, type ResourceType } from "../objects/resource-types.ts";

const STORED_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

export const verbsOf = (type: ResourceType): readonly string[] => (type.review ? ["create"] : STORED_VERBS);

const groups = [...new Set(resourceTypes.map((type) => type.group))].filter((group) => group !== "");
const versionsOf = (group: string): string[] => [
  ...new Set(resourceTypes.filter((type) => type.group === group).map((type) => type.version)),
];

function groupDocument(group: string): Record<string, unknown> {
  const versions = versionsOf(group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceEntries(type: ResourceType): Record<string, unknown>[] {
  const base = { namespaced: type.namespaced, kind: type.kind };
  const shortNames = type.shortNames.length > 0 ? { shortNames: type.shortNames } : {};
  const entries: Record<string, unknown>[] = [
    {
      name: type.resource,
      singularName: type.singular,
      ...base,
      verbs: verbsOf(type),
      ...shortNames,
      ...(type.inAll && { categories: ["all"] }),
    },
  ];
  if (type.hasStatus) {
    entries.push({
      name: `${type.resource}/status`,
      singularName: "",
      ...base,
      verbs: ["get", "patch", "update"],
    });
  }
  if (type.storage === "/pods") {
    entries.push({ name: "pods/log", singularName: "", ...base, verbs: ["get"] });
  }
  return entries;
}

function resourceList(group: string, version: string): Record<string, unknown> | undefined {
  const types = resourceTypes.filter((type) => type.group === group && type.version === version);
  if (types.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources: types.flatMap(resourceEntries),
  };
}

const versionDocument = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.3-simulated",
  gitCommit: "simulated",
  gitTreeState: "clean",
  buildDate: "2026-09-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "linux/amd64",
};

/** The documents by which clients find out what is served; undefined for any other path. */
export function discoveryDocument(path: string): Record<string, unknown> | undefined {
  const segments = path.split("/").filter((segment) => segment !== "");
  const [first, second, third] = segments;
  if (segments.length === 1 && first === "version") return versionDocument;
  if (segments.length === 1 && first === "api")
    return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  if (segments.length === 1 && first === "apis")
    return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupDocument) };
  if (segments.length === 2 && first === "api" && second === "v1") return resourceList("", "v1");
  if (first !== "apis" || second === undefined || !groups.includes(second)) return undefined;
  if (segments.length === 2) return { kind: "APIGroup", apiVersion: "v1", ...groupDocument(second) };
  if (segments.length === 3 && third !== undefined) return resourceList(second, third);
  return undefined;
}
