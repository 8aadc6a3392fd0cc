export interface UserInfo {
  username: string;
  groups: readonly string[];
}

/** "*" matches everything. */
export interface ClusterRole {
  groups: readonly string[];
  namespaces: readonly string[];
  apiGroups: readonly string[];
  /** Subresources are named "pods/log". */
  resources: readonly string[];
  verbs: readonly string[];
}

export interface Access {
  verb: string;
  group: string;
  resource: string;
  namespace: string | undefined;
}

const READ = ["get", "list", "watch"];
const WRITE = ["create", "update", "patch", "delete"];
const PEOPLE = ["jibsa:viewers", "jibsa:researchers"];

/** Who may do what by default. `system:masters` is the kubeconfig's own account. */
export const defaultRoles: readonly ClusterRole[] = [
  {
    groups: ["system:masters", "jibsa:operators"],
    namespaces: ["*"],
    apiGroups: ["*"],
    resources: ["*"],
    verbs: ["*"],
  },
  {
    groups: PEOPLE,
    namespaces: ["*"],
    apiGroups: [""],
    resources: [
      "nodes",
      "namespaces",
      "pods",
      "pods/log",
      "events",
      "services",
      "persistentvolumeclaims",
      "resourcequotas",
    ],
    verbs: READ,
  },
  { groups: PEOPLE, namespaces: ["*"], apiGroups: ["kubeflow.org"], resources: ["*"], verbs: READ },
  {
    groups: ["jibsa:researchers"],
    namespaces: ["llm-training"],
    apiGroups: ["kubeflow.org"],
    resources: ["*"],
    verbs: WRITE,
  },
];

export function isAllowed(roles: readonly ClusterRole[], user: UserInfo, access: Access): boolean {
  // Everybody may ask what they may do.
  if (
    access.group === "authorization.k8s.io" &&
    access.resource.startsWith("selfsubject") &&
    access.verb === "create"
  )
    return true;
  if (access.group === "authentication.k8s.io" && access.verb === "create") return true;
  const has = (list: readonly string[], value: string) => list.includes("*") || list.includes(value);
  return roles.some(
    (role) =>
      role.groups.some((group) => user.groups.includes(group)) &&
      has(role.namespaces, access.namespace ?? "*") &&
      has(role.apiGroups, access.group) &&
      has(role.resources, access.resource) &&
      has(role.verbs, access.verb),
  );
}

/** The API server's own words. */
export function forbiddenMessage(user: UserInfo, access: Access, name: string): string {
  const kind = access.group === "" ? access.resource : `${access.resource}.${access.group}`;
  const scope =
    access.namespace === undefined ? "at the cluster scope" : `in the namespace "${access.namespace}"`;
  return `${kind}${name === "" ? "" : ` "${name}"`} is forbidden: User "${user.username}" cannot ${access.verb} resource "${access.resource}" in API group "${access.group}" ${scope}`;
}
