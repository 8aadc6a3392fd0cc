export interface ResourceType {
  group: string;
  version: string;
  resource: string;
  kind: string;
  namespaced: boolean;
  /** Written through /status only; a write of the object leaves it alone. */
  hasStatus: boolean;
}

const type = (
  group: string,
  version: string,
  resource: string,
  kind: string,
  namespaced = true,
  hasStatus = false,
): ResourceType => ({
  group,
  version,
  resource,
  kind,
  namespaced,
  hasStatus,
});

/** Every kind that can be stored. Only pods and PyTorchJobs come alive. */
export const resourceTypes: readonly ResourceType[] = [
  type("", "v1", "namespaces", "Namespace", false, true),
  type("", "v1", "nodes", "Node", false, true),
  type("", "v1", "pods", "Pod", true, true),
  type("", "v1", "services", "Service", true, true),
  type("", "v1", "configmaps", "ConfigMap"),
  type("", "v1", "secrets", "Secret"),
  type("", "v1", "events", "Event"),
  type("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true, true),
  type("", "v1", "serviceaccounts", "ServiceAccount"),
  type("", "v1", "resourcequotas", "ResourceQuota", true, true),
  type("apps", "v1", "deployments", "Deployment", true, true),
  type("apps", "v1", "statefulsets", "StatefulSet", true, true),
  type("batch", "v1", "jobs", "Job", true, true),
  type("batch", "v1", "cronjobs", "CronJob", true, true),
  type("rbac.authorization.k8s.io", "v1", "roles", "Role"),
  type("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
  type("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false),
  type("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false),
  type("coordination.k8s.io", "v1", "leases", "Lease"),
  type("kubeflow.org", "v1", "pytorchjobs", "PyTorchJob", true, true),
];

/** Asked, answered, and not stored. */
export const reviewTypes: readonly ResourceType[] = [
  type("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false),
  type("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", false),
  type("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", false),
];

export function findType(group: string, version: string, resource: string): ResourceType | undefined {
  return [...resourceTypes, ...reviewTypes].find(
    (candidate) =>
      candidate.group === group && candidate.version === version && candidate.resource === resource,
  );
}

export function typeOfKind(kind: string): ResourceType {
  const found = resourceTypes.find((candidate) => candidate.kind === kind);
  if (found === undefined) throw new Error(`no such kind: ${kind}`);
  return found;
}

export const apiVersionOf = ({ group, version }: ResourceType) =>
  group === "" ? version : `${group}/${version}`;
