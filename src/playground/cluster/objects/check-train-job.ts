import { ApiError } from "../errors/api-error.ts";
import { invalid } from "../errors/refusals.ts";
import type { StatusCause } from "../errors/status-causes.ts";
import { isSameJson, type KubernetesObject, type ObjectDraft } from "./kubernetes-object.ts";
import { nameProblem } from "./names.ts";
import type { ResourceType } from "./resource-types.ts";
import type { TrainingRuntimeSpec, TrainJobSpec } from "./trainer-shapes.ts";

const WEBHOOK = 'admission webhook "validator.trainjob.trainer.kubeflow.org" denied the request';
const IMMUTABLE = ["runtimeRef", "initializer", "trainer", "activeDeadlineSeconds", "managedBy"] as const;
/** More pods than that in one job are a slip of the hand; a real cluster would try. */
const MOST_NODES = 200;

export type FindObject = (
  storage: string,
  namespace: string | undefined,
  name: string,
) => KubernetesObject | undefined;

/** What the schema (422) and the admission webhook (403) of Kubeflow Trainer 2.3 refuse. */
export function checkTrainJob(
  type: ResourceType,
  job: ObjectDraft,
  before: ObjectDraft | undefined,
  find: FindObject,
): void {
  const { name = "", namespace } = job.metadata;
  const spec = job.spec as TrainJobSpec;
  const causes = [...checkName(name), ...checkImmutable(spec, before?.spec as TrainJobSpec | undefined)];
  if (causes.length > 0) throw invalid(type, name, causes);
  const runtime = findRuntime(spec, namespace, find);
  if (runtime === undefined) {
    const kind = spec.runtimeRef.kind ?? "ClusterTrainingRuntime";
    const word = kind === "TrainingRuntime" ? "trainingRuntime" : "clusterTrainingRuntime";
    const field = kind === "TrainingRuntime" ? "runtimeRef" : "RuntimeRef";
    throw denied(
      `spec.${field}: Invalid value: ${JSON.stringify(spec.runtimeRef)}: ${kind}.trainer.kubeflow.org "${spec.runtimeRef.name}" not found: specified ${word} must be created before the TrainJob is created`,
    );
  }
  const jobs = (runtime.spec as TrainingRuntimeSpec).template.spec.replicatedJobs.map((one) => one.name);
  for (const patch of spec.runtimePatches ?? []) {
    if (!/^[a-z0-9.-]+\/.+/.test(patch.manager))
      throw denied(
        `spec.runtimePatches.manager: Invalid value: "${patch.manager}": must be a domain-prefixed path (such as "acme.io/foo")`,
      );
    const patched = patch.trainingRuntimeSpec?.template?.spec?.replicatedJobs ?? [];
    if (patched.some((one) => !jobs.includes(one.name)))
      throw denied(
        `spec.runtimePatches: Invalid value: ${JSON.stringify(spec.runtimePatches)}: must not have replicated job that doesn't exist in the runtime job template`,
      );
  }
  if ((spec.trainer?.numNodes ?? 1) > MOST_NODES)
    throw denied(`spec.trainer.numNodes: must be at most ${MOST_NODES} in a simulated cluster`);
}

/** The runtime that a TrainJob names, cluster-wide or of its namespace. */
export function findRuntime(
  { runtimeRef }: TrainJobSpec,
  namespace: string | undefined,
  find: FindObject,
): KubernetesObject | undefined {
  return runtimeRef.kind === "TrainingRuntime"
    ? find("trainer.kubeflow.org/trainingruntimes", namespace, runtimeRef.name)
    : find("trainer.kubeflow.org/clustertrainingruntimes", undefined, runtimeRef.name);
}

const denied = (text: string): ApiError => new ApiError(403, "Forbidden", `${WEBHOOK}: ${text}`);

function checkName(name: string): StatusCause[] {
  const rule = (message: string): StatusCause => ({
    reason: "FieldValueInvalid",
    field: "<nil>",
    message: `Invalid value: ${message}`,
  });
  return [
    ...(name.length > 63 ? [rule("metadata.name must be no more than 63 characters")] : []),
    ...(nameProblem(name.slice(0, 63).replace(/-+$/, "x"), "dns-1035-label") === undefined
      ? []
      : [rule("metadata.name must match RFC 1035 DNS label format")]),
  ];
}

function checkImmutable(spec: TrainJobSpec, before: TrainJobSpec | undefined): StatusCause[] {
  if (before === undefined) return [];
  return IMMUTABLE.filter(
    (field) =>
      before[field] !== undefined && spec[field] !== undefined && !isSameJson(spec[field], before[field]),
  ).map((field) => ({
    reason: "FieldValueInvalid",
    field: `spec.${field}`,
    message: "Invalid value: field is immutable",
  }));
}
