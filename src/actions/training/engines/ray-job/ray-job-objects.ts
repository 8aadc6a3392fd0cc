import type { PlatformObject } from "../../../ports.ts";
import { EXPECTED_GPUS_ANNOTATION, footprintOf, type PodTemplate } from "../pod-templates.ts";

/** On a stage's RayJob: "dashboard" hands the job to a standing RayCluster over its Jobs REST; nothing is made in Kubernetes. */
export const SUBMISSION_ANNOTATION = "jibsa.dev/ray-submission";
const CLUSTER_SELECTOR = "ray.io/cluster";

export interface RayJobSpec {
  entrypoint?: string;
  runtimeEnvYAML?: string;
  entrypointNumCpus?: number;
  entrypointNumGpus?: number;
  metadata?: Record<string, string>;
  clusterSelector?: Record<string, string>;
  shutdownAfterJobFinishes?: boolean;
  submitterPodTemplate?: PodTemplate;
  rayClusterSpec?: {
    enableInTreeAutoscaling?: boolean;
    headGroupSpec?: { template?: PodTemplate };
    workerGroupSpecs?: {
      replicas?: number;
      maxReplicas?: number;
      numOfHosts?: number;
      template?: PodTemplate;
    }[];
  };
}

export function specOf(object: Readonly<Record<string, unknown>>): RayJobSpec {
  return object["spec"] ?? {};
}

/** The standing cluster that a RayJob chooses. */
export const selectedCluster = (object: PlatformObject): string | undefined =>
  specOf(object).clusterSelector?.[CLUSTER_SELECTOR];

export const isDirect = (object: PlatformObject): boolean =>
  object.metadata.annotations?.[SUBMISSION_ANNOTATION] === "dashboard";

/** Head and workers. An autoscaling group counts with the most that it may become. */
export function podTemplatesOf(object: Readonly<Record<string, unknown>>): {
  replicas: number;
  template: PodTemplate;
}[] {
  const { rayClusterSpec, submitterPodTemplate } = specOf(object);
  const { headGroupSpec, workerGroupSpecs = [], enableInTreeAutoscaling } = rayClusterSpec ?? {};
  if (headGroupSpec !== undefined) headGroupSpec.template ??= {};
  const workers = workerGroupSpecs.map((group) => {
    group.template ??= {};
    const { replicas = 1, maxReplicas, numOfHosts = 1 } = group;
    const most = enableInTreeAutoscaling === true ? Math.max(replicas, maxReplicas ?? 0) : replicas;
    return { replicas: most * numOfHosts, template: group.template };
  });
  return [
    ...(headGroupSpec?.template === undefined ? [] : [{ replicas: 1, template: headGroupSpec.template }]),
    ...workers,
    // Only where the stage has one: KubeRay's own default is a whole template.
    ...(submitterPodTemplate === undefined ? [] : [{ replicas: 1, template: submitterPodTemplate }]),
  ];
}

/** On a standing cluster a job takes what its entrypoint reserves, or what the stage declares. */
export function footprintOfRayJob(object: PlatformObject): { gpus: number; gpuType?: string } {
  if (selectedCluster(object) === undefined) return footprintOf(object, podTemplatesOf);
  const declared = Number(object.metadata.annotations?.[EXPECTED_GPUS_ANNOTATION]);
  return { gpus: Number.isFinite(declared) ? declared : (specOf(object).entrypointNumGpus ?? 0) };
}

/** KubeRay suspends only what has a cluster of its own that ends with the job (kuberay #3994). */
export function suspensionOf(
  object: PlatformObject,
  suspend: boolean,
): Readonly<Record<string, unknown>> | string {
  if (specOf(object).clusterSelector !== undefined)
    return "it runs on a standing Ray cluster, which KubeRay does not suspend";
  if (suspend && specOf(object).shutdownAfterJobFinishes !== true)
    return "KubeRay suspends only a RayJob with shutdownAfterJobFinishes";
  return { spec: { suspend } };
}
