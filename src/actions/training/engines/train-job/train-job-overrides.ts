import { ClusterForbiddenError, type Cluster } from "../../../cluster-ports.ts";
import type { Identity, PlatformObject } from "../../../ports.ts";
import type { PodTemplate } from "../pod-templates.ts";

/** Jibsa's own entry among the patches of a TrainJob. */
const MANAGER = "jibsa.dev/run";
/** The replicated job that trains; all runtimes of Kubeflow Trainer name it so. */
export const TRAINER_NODE = "node";

const DEFINITION = {
  group: "apiextensions.k8s.io",
  version: "v1",
  resource: "customresourcedefinitions",
  name: "trainjobs.trainer.kubeflow.org",
} as const;

interface PodPatch {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: Record<string, unknown> & { nodeSelector?: Record<string, string> };
}
interface ReplicatedJobPatch {
  name: string;
  template?: { spec?: { template?: PodPatch } };
}
/** `spec.runtimePatches` of Trainer 2.2 and newer. */
interface RuntimePatch {
  manager: string;
  trainingRuntimeSpec?: { template?: { spec?: { replicatedJobs?: ReplicatedJobPatch[] } } };
}
interface TrainJobSpec extends Record<string, unknown> {
  runtimePatches?: RuntimePatch[];
  trainer?: { numNodes?: number; numProcPerNode?: number | string };
}

/** How a cluster's TrainJob takes changes of its pods; the API version is the same for all three. */
export type OverridesField = "runtimePatches" | "podTemplateOverrides" | "podSpecOverrides";

/** The pod patch that Jibsa's labels go to, by reference; made where it is missing. */
export function podPatchOf(object: Readonly<Record<string, unknown>>): PodTemplate {
  const holder = object as { spec?: TrainJobSpec };
  holder.spec ??= {};
  holder.spec.runtimePatches ??= [];
  const patches = holder.spec.runtimePatches;
  let own = patches.find(({ manager }) => manager === MANAGER);
  if (own === undefined) {
    own = { manager: MANAGER };
    patches.push(own);
  }
  own.trainingRuntimeSpec ??= {};
  own.trainingRuntimeSpec.template ??= {};
  own.trainingRuntimeSpec.template.spec ??= {};
  own.trainingRuntimeSpec.template.spec.replicatedJobs ??= [];
  const jobs = own.trainingRuntimeSpec.template.spec.replicatedJobs;
  let job = jobs.find(({ name }) => name === TRAINER_NODE);
  if (job === undefined) {
    job = { name: TRAINER_NODE };
    jobs.push(job);
  }
  job.template ??= {};
  job.template.spec ??= {};
  job.template.spec.template ??= {};
  return job.template.spec.template;
}

/** Labels of nodes that the patches ask for. */
export function nodeSelectorOf(object: PlatformObject): Readonly<Record<string, string>> {
  const { runtimePatches = [] } = (object["spec"] ?? {}) as TrainJobSpec;
  return Object.assign(
    {},
    ...runtimePatches
      .flatMap((patch) => patch.trainingRuntimeSpec?.template?.spec?.replicatedJobs ?? [])
      .map(({ template }) => template?.spec?.template?.spec?.nodeSelector ?? {}),
  ) as Record<string, string>;
}

/** The same TrainJob in the words of the cluster's own version of Trainer. */
export async function adaptTrainJob(
  object: PlatformObject,
  cluster: Cluster,
  as: Identity,
): Promise<PlatformObject> {
  const field = await findOverridesField(cluster, as);
  return inWordsOf(field, object);
}

/** Read from the CRD's schema. Who may not look, gets the newest: the dry run will tell. */
async function findOverridesField(cluster: Cluster, as: Identity): Promise<OverridesField> {
  let definition: PlatformObject | undefined;
  try {
    definition = await cluster.get(DEFINITION, as);
  } catch (error) {
    if (!(error instanceof ClusterForbiddenError)) throw error;
  }
  const { versions = [] } = (definition?.["spec"] ?? {}) as {
    versions?: {
      served?: boolean;
      schema?: { openAPIV3Schema?: { properties?: { spec?: { properties?: object } } } };
    }[];
  };
  const fields = versions
    .filter(({ served }) => served !== false)
    .flatMap(({ schema }) => Object.keys(schema?.openAPIV3Schema?.properties?.spec?.properties ?? {}));
  const known = ["runtimePatches", "podTemplateOverrides", "podSpecOverrides"] as const;
  return known.find((field) => fields.includes(field)) ?? "runtimePatches";
}

/** Pure; an object without patches stays as it is. */
export function inWordsOf(field: OverridesField, object: PlatformObject): PlatformObject {
  const { runtimePatches = [], ...spec } = structuredClone(object["spec"] ?? {}) as TrainJobSpec;
  if (field === "runtimePatches") {
    const { numProcPerNode } = spec.trainer ?? {};
    // 2.2 takes whole numbers only; "auto" is what it does without one.
    if (typeof numProcPerNode !== "string" || spec.trainer === undefined) return object;
    if (/^\d+$/.test(numProcPerNode)) spec.trainer.numProcPerNode = Number(numProcPerNode);
    else if (numProcPerNode === "auto") delete spec.trainer.numProcPerNode;
    return { ...object, spec: { ...spec, ...(runtimePatches.length > 0 && { runtimePatches }) } };
  }
  const pods = runtimePatches.flatMap(
    (patch) =>
      patch.trainingRuntimeSpec?.template?.spec?.replicatedJobs?.map(({ name, template }) => ({
        targetJobs: [{ name }],
        ...template?.spec?.template,
      })) ?? [],
  );
  const given = (spec[field] ?? []) as unknown[];
  if (field === "podTemplateOverrides")
    return { ...object, spec: { ...spec, podTemplateOverrides: [...given, ...pods] } };
  // 2.0 has no metadata of pods: its own labels go on to everything that is made of the TrainJob.
  const labels = Object.assign(
    {},
    spec["labels"] ?? {},
    ...pods.map(({ metadata }) => metadata?.labels ?? {}),
  ) as Record<string, string>;
  const overrides = pods
    .map(({ targetJobs, spec: podSpec }) => ({ targetJobs, ...podSpec }))
    .filter((override) => Object.keys(override).length > 1);
  const all = [...given, ...overrides];
  return { ...object, spec: { ...spec, labels, ...(all.length > 0 && { podSpecOverrides: all }) } };
}
