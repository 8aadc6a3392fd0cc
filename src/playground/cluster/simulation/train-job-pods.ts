import { findRuntime } from "../objects/check-train-job.ts";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { randomSuffix } from "../objects/names.ts";
import type { Container, PodSpec } from "../objects/pod-shapes.ts";
import type { PodTemplate, TrainingRuntimeSpec, TrainJobSpec } from "../objects/trainer-shapes.ts";
import type { ClusterControl } from "./cluster-control.ts";
import { simulatedAnnotationsOf, type PodPlan } from "./owned-pods.ts";

const NODE = "node";
export const INDEX_LABEL = "batch.kubernetes.io/job-completion-index";

/** The nodes of a TrainJob as its runtime, its trainer and its patches say; undefined: there is no such runtime. */
export function planNodes(control: ClusterControl, job: KubernetesObject): PodPlan[] | undefined {
  const spec = job.spec as TrainJobSpec;
  const runtime = findRuntime(spec, job.metadata.namespace, (storage, namespace, name) =>
    control.store.get(storage, namespace, name),
  )?.spec as TrainingRuntimeSpec | undefined;
  const template = runtime?.template.spec.replicatedJobs.find(({ name }) => name === NODE)?.template.spec
    .template;
  if (runtime === undefined || template === undefined) return undefined;
  const patches = (spec.runtimePatches ?? [])
    .flatMap((patch) => patch.trainingRuntimeSpec?.template?.spec?.replicatedJobs ?? [])
    .filter((patch) => patch.name === NODE)
    .flatMap((patch): PodTemplate[] => {
      const pod = patch.template?.spec?.template;
      return pod === undefined ? [] : [pod];
    });
  const podSpec = patches.reduce<PodSpec>(
    (merged, patch) => mergePodSpec(merged, patch.spec ?? {}),
    (template.spec ?? {}) as PodSpec,
  );
  const { name } = job.metadata;
  const nodes = spec.trainer?.numNodes ?? runtime.mlPolicy?.numNodes ?? 1;
  return Array.from({ length: nodes }, (_, index) => ({
    name: `${name}-${NODE}-0-${index}-${randomSuffix()}`,
    labels: {
      ...template.metadata?.labels,
      ...(Object.assign({}, ...patches.map(({ metadata }) => metadata?.labels ?? {})) as object),
      "jobset.sigs.k8s.io/jobset-name": name,
      "jobset.sigs.k8s.io/replicatedjob-name": NODE,
      "jobset.sigs.k8s.io/job-index": "0",
      "batch.kubernetes.io/job-name": `${name}-${NODE}-0`,
      "job-name": `${name}-${NODE}-0`,
      "trainer.kubeflow.org/trainjob-ancestor-step": "trainer",
      [INDEX_LABEL]: String(index),
    },
    annotations: simulatedAnnotationsOf(job),
    // A real container that fails would be started again by its Job; here the first failure ends it, so that a demonstration ends.
    spec: { ...withTrainer(podSpec, spec.trainer), restartPolicy: "Never" },
  }));
}

/** Maps are merged, lists of named things by their names, other lists replaced. */
function mergePodSpec(base: PodSpec, patch: PodSpec): PodSpec {
  const { nodeSelector, containers, ...rest } = patch;
  return {
    ...base,
    ...rest,
    ...(nodeSelector && { nodeSelector: { ...base.nodeSelector, ...nodeSelector } }),
    containers: (base.containers ?? []).map((container) => ({
      ...container,
      ...containers?.find(({ name }) => name === container.name),
    })),
  };
}

function withTrainer(spec: PodSpec, trainer: TrainJobSpec["trainer"]): PodSpec {
  if (trainer === undefined) return spec;
  const { image, command, args, env, resourcesPerNode } = trainer;
  const change = (container: Container): Container =>
    container.name === NODE
      ? {
          ...container,
          ...(image !== undefined && { image }),
          ...(command && { command }),
          ...(args && { args }),
          ...(env && { env: [...((container["env"] as unknown[] | undefined) ?? []), ...env] }),
          ...(resourcesPerNode && { resources: resourcesPerNode }),
        }
      : container;
  return { ...spec, containers: (spec.containers ?? []).map(change) };
}
