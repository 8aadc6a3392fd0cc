/** One resource of the API. Those with a dot in the group and no built-in rules behave as custom resources do. */
export interface ResourceType {
  group: string;
  version: string;
  /** Plural, lower case. */
  resource: string;
  kind: string;
  singular: string;
  shortNames: readonly string[];
  namespaced: boolean;
  /** Status is written through `/status` only, and the rest through the object only. */
  hasStatus: boolean;
  /** Defined by a CustomResourceDefinition on a real cluster: no strategic merge patch. */
  custom: boolean;
  /** Part of `kubectl get all`. */
  inAll: boolean;
  /** Only create, and nothing is stored: an answer to a question. */
  review: boolean;
  /** Where objects are kept: "<group>/<plural>", e.g. "/pods". */
  storage: string;
}

const IN_ALL = ["Pod", "Service", "Deployment", "ReplicaSet", "StatefulSet", "Job", "CronJob"];

type Row = readonly [resource: string, kind: string, flags?: string, shortNames?: string];

/** Flags: c = cluster-scoped, s = status subresource, r = review (create only). */
function resourcesOf(group: string, version: string, custom: boolean, rows: readonly Row[]): ResourceType[] {
  return rows.map(([resource, kind, flags = "", shortNames = ""]) => ({
    group,
    version,
    resource,
    kind,
    singular: kind.toLowerCase(),
    shortNames: shortNames === "" ? [] : shortNames.split(","),
    namespaced: !flags.includes("c"),
    hasStatus: flags.includes("s"),
    custom,
    inAll: IN_ALL.includes(kind),
    review: flags.includes("r"),
    storage: `${group}/${resource}`,
  }));
}

/** Everything this cluster serves; a path outside it answers 404. */
export const resourceTypes: readonly ResourceType[] = [
  ...resourcesOf("", "v1", false, [
    ["configmaps", "ConfigMap", "", "cm"],
    ["events", "Event", "", "ev"],
    ["namespaces", "Namespace", "cs", "ns"],
    ["nodes", "Node", "cs", "no"],
    ["persistentvolumeclaims", "PersistentVolumeClaim", "s", "pvc"],
    ["pods", "Pod", "s", "po"],
    ["resourcequotas", "ResourceQuota", "s", "quota"],
    ["secrets", "Secret"],
    ["serviceaccounts", "ServiceAccount", "", "sa"],
    ["services", "Service", "s", "svc"],
  ]),
  ...resourcesOf("apiextensions.k8s.io", "v1", false, [
    ["customresourcedefinitions", "CustomResourceDefinition", "cs", "crd,crds"],
  ]),
  ...resourcesOf("apps", "v1", false, [
    ["deployments", "Deployment", "s", "deploy"],
    ["replicasets", "ReplicaSet", "s", "rs"],
    ["statefulsets", "StatefulSet", "s", "sts"],
  ]),
  ...resourcesOf("batch", "v1", false, [
    ["cronjobs", "CronJob", "s", "cj"],
    ["jobs", "Job", "s"],
  ]),
  ...resourcesOf("authentication.k8s.io", "v1", false, [["selfsubjectreviews", "SelfSubjectReview", "cr"]]),
  ...resourcesOf("authorization.k8s.io", "v1", false, [
    ["selfsubjectaccessreviews", "SelfSubjectAccessReview", "cr"],
    ["selfsubjectrulesreviews", "SelfSubjectRulesReview", "cr"],
    ["subjectaccessreviews", "SubjectAccessReview", "cr"],
  ]),
  ...resourcesOf("coordination.k8s.io", "v1", false, [["leases", "Lease"]]),
  ...resourcesOf("rbac.authorization.k8s.io", "v1", false, [
    ["clusterrolebindings", "ClusterRoleBinding", "c"],
    ["clusterroles", "ClusterRole", "c"],
    ["rolebindings", "RoleBinding"],
    ["roles", "Role"],
  ]),
  ...resourcesOf("kubeflow.org", "v1", true, [
    ["notebooks", "Notebook", "s"],
    ["pytorchjobs", "PyTorchJob", "s"],
  ]),
  ...resourcesOf("kubeflow.org", "v1beta1", true, [
    ["experiments", "Experiment", "s"],
    ["trials", "Trial", "s"],
  ]),
  ...resourcesOf("kueue.x-k8s.io", "v1beta2", true, [
    ["clusterqueues", "ClusterQueue", "cs", "cq"],
    ["localqueues", "LocalQueue", "s", "queue,queues,lq"],
    ["resourceflavors", "ResourceFlavor", "c", "flavor,flavors,rf"],
    ["workloadpriorityclasses", "WorkloadPriorityClass", "c"],
    ["workloads", "Workload", "s", "kueuewl,wl,kueueworkload,kueueworkloads"],
  ]),
  ...resourcesOf("trainer.kubeflow.org", "v1alpha1", true, [
    ["clustertrainingruntimes", "ClusterTrainingRuntime", "c"],
    ["trainingruntimes", "TrainingRuntime"],
    ["trainjobs", "TrainJob", "s"],
  ]),
  // Argo Workflows keeps its status in the object itself.
  ...resourcesOf("argoproj.io", "v1alpha1", true, [
    ["cronworkflows", "CronWorkflow", "", "cwf"],
    ["rollouts", "Rollout", "s", "ro"],
    ["workflows", "Workflow", "", "wf"],
    ["workflowtemplates", "WorkflowTemplate", "", "wftmpl"],
  ]),
  ...resourcesOf("ray.io", "v1", true, [
    ["rayclusters", "RayCluster", "s"],
    ["rayjobs", "RayJob", "s"],
    ["rayservices", "RayService", "s"],
  ]),
  ...resourcesOf("serving.kserve.io", "v1beta1", true, [
    ["inferenceservices", "InferenceService", "s", "isvc"],
  ]),
];

const byPath = new Map(resourceTypes.map((type) => [`${type.group}/${type.version}/${type.resource}`, type]));
const byStorage = new Map(resourceTypes.map((type) => [type.storage, type]));

export function findResourceType(group: string, version: string, resource: string): ResourceType | undefined {
  return byPath.get(`${group}/${version}/${resource}`);
}

/** The type under which a stored object is known; throws for a storage key that no type has. */
export function typeOfStorage(storage: string): ResourceType {
  const type = byStorage.get(storage);
  if (!type) throw new Error(`No resource type is stored under "${storage}"`);
  return type;
}

export function isGroupVersionServed(group: string, version: string): boolean {
  return resourceTypes.some((type) => type.group === group && type.version === version);
}

export function apiVersionOf(type: Pick<ResourceType, "group" | "version">): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}

/** The type of a kind the cluster itself works with; throws for an unknown one. */
export function typeOfKind(kind: string): ResourceType {
  const type = [...byStorage.values()].find((candidate) => candidate.kind === kind);
  if (!type) throw new Error(`no such kind: ${kind}`);
  return type;
}
