import type { PodTemplate, PodTemplates } from "../pod-templates.ts";
import type { ExperimentSpec } from "./experiment-state.ts";

/** Katib's own default. */
const PARALLEL_TRIALS = 3;

interface Replica {
  replicas?: number;
  template?: PodTemplate;
}

/** Whatever kind of job a trial is: as many of its pods as run at once. The job itself comes first, for its labels alone. */
export const trialPodTemplates: PodTemplates = (experiment) => {
  const { parallelTrialCount = PARALLEL_TRIALS, trialTemplate } = (experiment["spec"] ??
    {}) as ExperimentSpec;
  const job = trialTemplate?.trialSpec;
  if (job === undefined) return [];
  const spec = (job["spec"] ?? {}) as Record<string, unknown>;
  const pods = replicasOf(spec).map((replica) => {
    replica.template ??= {};
    return { replicas: (replica.replicas ?? 1) * parallelTrialCount, template: replica.template };
  });
  return [{ replicas: 0, template: job }, ...pods];
};

/** `pytorchReplicaSpecs` and its like of Training Operator v1; `template` of a batch Job; `trainer` of a TrainJob. */
function replicasOf(spec: Record<string, unknown>): readonly Replica[] {
  const byRole = Object.entries(spec).filter(([field]) => /^[a-z]+ReplicaSpecs$/.test(field));
  if (byRole.length > 0)
    return byRole.flatMap(([, roles]) => Object.values((roles ?? {}) as Record<string, Replica>));
  if (spec["template"] !== undefined) {
    const { parallelism: replicas = 1, template } = spec as { parallelism?: number; template: PodTemplate };
    return [{ replicas, template }];
  }
  const { numNodes = 1, resourcesPerNode } = (spec["trainer"] ?? {}) as {
    numNodes?: number;
    resourcesPerNode?: { limits?: Record<string, unknown>; requests?: Record<string, unknown> };
  };
  return resourcesPerNode === undefined
    ? []
    : [{ replicas: numNodes, template: { spec: { containers: [{ resources: resourcesPerNode }] } } }];
}
