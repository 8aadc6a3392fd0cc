import type { KubernetesObject } from "./kubernetes-object.ts";
import { nameProblem } from "./names.ts";
import type { RayClusterSpec, RayJobSpec } from "./ray-shapes.ts";

const LONGEST_NAME = 47;
/** More pods than that in one cluster are a slip of the hand; a real one would try. */
const MOST_PODS = 200;

/** What KubeRay 1.6 finds wrong with a RayJob once it exists: it becomes ValidationFailed with these words. */
export function rayJobProblem(job: KubernetesObject): string | undefined {
  const { name } = job.metadata;
  const spec = job.spec as RayJobSpec;
  const isSelecting = Object.keys(spec.clusterSelector ?? {}).length > 0;
  if (name.length > LONGEST_NAME)
    return `The RayJob metadata is invalid: RayJob name should be no more than ${LONGEST_NAME} characters`;
  const problem = nameProblem(name, "dns-1035-label");
  if (problem !== undefined)
    return `The RayJob metadata is invalid: RayJob name should be a valid DNS1035 label: [${problem}]`;
  if (spec.suspend === true && spec.shutdownAfterJobFinishes !== true)
    return "The RayJob spec is invalid: a RayJob with shutdownAfterJobFinishes set to false is not allowed to be suspended";
  if (spec.suspend === true && isSelecting)
    return "The RayJob spec is invalid: the ClusterSelector mode doesn't support the suspend operation";
  if (spec.rayClusterSpec === undefined && !isSelecting)
    return "The RayJob spec is invalid: one of RayClusterSpec or ClusterSelector must be set";
  if (isSelecting && (spec.clusterSelector?.["ray.io/cluster"] ?? "") === "")
    return "cluster name in ClusterSelector should not be empty";
  if (isSelecting && (spec.backoffLimit ?? 0) > 0)
    return "The RayJob spec is invalid: BackoffLimit is incompatible with ClusterSelector mode";
  const clusterProblem = spec.rayClusterSpec && rayClusterProblem(spec.rayClusterSpec);
  return clusterProblem === undefined ? undefined : `The RayJob spec is invalid: ${clusterProblem}`;
}

export function rayClusterProblem(spec: RayClusterSpec): string | undefined {
  if ((spec.headGroupSpec.template.spec?.containers ?? []).length === 0)
    return "headGroupSpec should have at least one container";
  for (const group of spec.workerGroupSpecs ?? []) {
    const { groupName, minReplicas, maxReplicas, replicas = 1, numOfHosts = 1 } = group;
    if ((group.template.spec?.containers ?? []).length === 0)
      return "workerGroupSpec should have at least one container";
    if (spec.enableInTreeAutoscaling !== true && (minReplicas === undefined || maxReplicas === undefined))
      return `worker group ${groupName} must set both minReplicas and maxReplicas when autoscaling is disabled`;
    if (minReplicas !== undefined && maxReplicas !== undefined && minReplicas > maxReplicas)
      return `worker group ${groupName} has minReplicas ${minReplicas} greater than maxReplicas ${maxReplicas}`;
    if (replicas * numOfHosts > MOST_PODS)
      return `worker group ${groupName} has more than ${MOST_PODS} pods, too many for a simulated cluster`;
  }
  return undefined;
}
