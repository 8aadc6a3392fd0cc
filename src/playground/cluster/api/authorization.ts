/** Who asks, after authentication and impersonation. */
export interface ClusterIdentity {
  user: string;
  groups: readonly string[];
}

export interface AccessRequest {
  verb: string;
  group: string;
  /** With its subresource: "pods/log". */
  resource: string;
  /** Missing for cluster-scoped objects and for questions about all namespaces. */
  namespace?: string;
  name?: string;
}

export interface AccessRule {
  /** "*" = every verb. */
  verbs: readonly string[];
  /** "*" = every group, "" = core. */
  apiGroups: readonly string[];
  /** "*" = every resource, subresources included. */
  resources: readonly string[];
  /** Taken out of `resources`, their subresources included. Default none. */
  exceptResources?: readonly string[];
  /** Only there; undefined = everywhere, cluster-scoped objects included. */
  namespaces?: readonly string[];
}

/** A role with its bindings: what these users and groups may do. */
export interface AccessRole {
  name: string;
  users?: readonly string[];
  groups?: readonly string[];
  rules: readonly AccessRule[];
}

/** Members may do everything, as on every cluster. */
export const ADMINISTRATORS = "system:masters";

const viewing: AccessRule = {
  verbs: ["get", "list", "watch"],
  apiGroups: ["*"],
  resources: ["*"],
  exceptResources: ["secrets"],
};

const running = (apiGroup: string, ...resources: readonly string[]): AccessRule => ({
  verbs: ["create", "delete", "patch", "update"],
  apiGroups: [apiGroup],
  resources,
  namespaces: ["llm-training"],
});

/** Viewers see everything but secrets, researchers also run training in llm-training, operators do everything. */
export const defaultRoles: readonly AccessRole[] = [
  { name: "jibsa:viewers", groups: ["jibsa:viewers"], rules: [viewing] },
  {
    name: "jibsa:researchers",
    groups: ["jibsa:researchers"],
    rules: [
      viewing,
      running("kubeflow.org", "experiments", "pytorchjobs", "notebooks"),
      // Not kinds of the cluster: what Kubeflow Pipelines asks about a person.
      running("pipelines.kubeflow.org", "experiments", "runs"),
      running("trainer.kubeflow.org", "trainjobs"),
      running("argoproj.io", "workflows", "cronworkflows"),
      running("ray.io", "rayclusters", "rayjobs"),
      { verbs: ["create"], apiGroups: [""], resources: ["services/proxy"], namespaces: ["llm-training"] },
    ],
  },
  {
    name: "jibsa:operators",
    groups: ["jibsa:operators"],
    rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
  },
];

/** What every authenticated user may ask: about itself. */
const SELF_REVIEWS = ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"];

export interface Authorizer {
  decide(identity: ClusterIdentity, access: AccessRequest): { allowed: boolean; reason: string };
  /** The rules that hold for somebody in a namespace. */
  rulesFor(identity: ClusterIdentity, namespace: string): readonly AccessRule[];
}

export function createAuthorizer(roles: readonly AccessRole[] = defaultRoles): Authorizer {
  const rolesOf = (identity: ClusterIdentity): AccessRole[] =>
    roles.filter(
      (role) =>
        role.users?.includes(identity.user) === true ||
        role.groups?.some((group) => identity.groups.includes(group)) === true,
    );
  return {
    decide(identity, access) {
      if (identity.groups.includes(ADMINISTRATORS)) return { allowed: true, reason: "" };
      if (access.verb === "create" && SELF_REVIEWS.includes(access.resource)) {
        return {
          allowed: true,
          reason:
            'RBAC: allowed by ClusterRoleBinding "system:basic-user" of ClusterRole "system:basic-user" to Group "system:authenticated"',
        };
      }
      const role = rolesOf(identity).find(({ rules }) => rules.some((rule) => isCovered(rule, access)));
      if (!role) return { allowed: false, reason: "" };
      const subject = role.users?.includes(identity.user)
        ? `User "${identity.user}"`
        : `Group "${role.groups?.find((group) => identity.groups.includes(group)) ?? ""}"`;
      return {
        allowed: true,
        reason: `RBAC: allowed by ClusterRoleBinding "${role.name}" of ClusterRole "${role.name}" to ${subject}`,
      };
    },
    rulesFor(identity, namespace) {
      if (identity.groups.includes(ADMINISTRATORS))
        return [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
      return rolesOf(identity)
        .flatMap((role) => role.rules)
        .filter((rule) => rule.namespaces === undefined || rule.namespaces.includes(namespace));
    },
  };
}

function isCovered(rule: AccessRule, access: AccessRequest): boolean {
  const includes = (values: readonly string[], value: string): boolean =>
    values.includes("*") || values.includes(value);
  const [baseResource = ""] = access.resource.split("/");
  return (
    includes(rule.verbs, access.verb) &&
    includes(rule.apiGroups, access.group) &&
    includes(rule.resources, access.resource) &&
    rule.exceptResources?.includes(baseResource) !== true &&
    (rule.namespaces === undefined ||
      (access.namespace !== undefined && rule.namespaces.includes(access.namespace)))
  );
}

/** The API's own words: `User "x" cannot list resource "pods" in API group "" in the namespace "y"`. */
export function denialMessage(identity: ClusterIdentity, access: AccessRequest): string {
  const scope =
    access.namespace === undefined ? "at the cluster scope" : `in the namespace "${access.namespace}"`;
  return `User "${identity.user}" cannot ${access.verb} resource "${access.resource}" in API group "${access.group}" ${scope}`;
}
