import { resourceTypes, reviewTypes, type ResourceType } from "./resource-types.ts";

const all: readonly ResourceType[] = [...resourceTypes, ...reviewTypes];
const VERSION = { major: "1", minor: "34", gitVersion: "v1.34.1+simulated", platform: "linux/amd64" };

/** What clients ask before they ask for anything; undefined for every other path. */
export function discover(path: string): unknown {
  if (path === "/version") return VERSION;
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  const groups = [...new Set(all.map(({ group }) => group))].filter((group) => group !== "");
  if (path === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(describeGroup) };
  const [, root, first, second, more] = path.split("/");
  if (root === "api" && first === "v1" && second === undefined) return resourceList("", "v1");
  if (root !== "apis" || first === undefined || !groups.includes(first) || more !== undefined)
    return undefined;
  if (second === undefined) return { kind: "APIGroup", apiVersion: "v1", ...describeGroup(first) };
  return all.some(({ group, version }) => group === first && version === second)
    ? resourceList(first, second)
    : undefined;
}

function describeGroup(group: string) {
  const versions = [...new Set(all.filter((type) => type.group === group).map(({ version }) => version))].map(
    (version) => ({
      groupVersion: `${group}/${version}`,
      version,
    }),
  );
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceList(group: string, version: string) {
  const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
  const resources = all
    .filter((type) => type.group === group && type.version === version)
    .flatMap((type) => {
      const base = { singularName: type.kind.toLowerCase(), namespaced: type.namespaced, kind: type.kind };
      return [
        { ...base, name: type.resource, verbs: reviewTypes.includes(type) ? ["create"] : verbs },
        ...(type.hasStatus
          ? [
              {
                ...base,
                singularName: "",
                name: `${type.resource}/status`,
                verbs: ["get", "patch", "update"],
              },
            ]
          : []),
        ...(type.kind === "Pod" ? [{ ...base, singularName: "", name: "pods/log", verbs: ["get"] }] : []),
      ];
    });
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources,
  };
}
