import { invalid } from "../errors/refusals.ts";
import { invalidValue, required, type StatusCause } from "../errors/status-causes.ts";
import { checkExperiment } from "./check-experiment.ts";
import { checkPod } from "./check-pod.ts";
import { checkPyTorchJob } from "./check-pytorch-job.ts";
import { checkShape } from "./check-shape.ts";
import { checkTrainJob, type FindObject } from "./check-train-job.ts";
import type { ObjectDraft } from "./kubernetes-object.ts";
import { labelValueProblem, nameProblem, qualifiedNameProblem, type NameRule } from "./names.ts";
import type { ResourceType } from "./resource-types.ts";

const LARGEST_ANNOTATIONS_BYTES = 256 * 1_024;

/** Throws 422 with one cause per field, 400 for what has the wrong type, 403 for what an admission webhook would refuse. */
export function checkObject(
  type: ResourceType,
  object: ObjectDraft,
  find: FindObject,
  before?: ObjectDraft,
): void {
  checkShape(type, object);
  const causes = [...checkMetadata(type, object), ...(type.storage === "/pods" ? checkPod(object) : [])];
  if (causes.length > 0) throw invalid(type, object.metadata.name ?? "", causes);
  if (type.storage === "kubeflow.org/pytorchjobs") checkPyTorchJob(object);
  if (type.storage === "kubeflow.org/experiments") checkExperiment(object, before);
  if (type.storage === "trainer.kubeflow.org/trainjobs") checkTrainJob(type, object, before, find);
}

function checkMetadata(type: ResourceType, { metadata }: ObjectDraft): StatusCause[] {
  const { name = "" } = metadata;
  if (name === "") return [required("metadata.name", "name or generateName is required")];
  const problem = nameProblem(name, nameRuleOf(type));
  return [
    ...(problem === undefined ? [] : [invalidValue("metadata.name", name, problem)]),
    ...checkMap("labels", metadata.labels, labelValueProblem),
    ...checkMap("annotations", metadata.annotations, () => undefined),
  ];
}

function nameRuleOf(type: ResourceType): NameRule {
  if (type.group === "rbac.authorization.k8s.io") return "path-segment";
  if (type.storage === "/namespaces") return "dns-label";
  return type.storage === "/services" ? "dns-1035-label" : "dns-subdomain";
}

function checkMap(
  field: "labels" | "annotations",
  map: Readonly<Record<string, string>> | undefined,
  valueProblem: (value: string) => string | undefined,
): StatusCause[] {
  if (map === undefined) return [];
  const path = `metadata.${field}`;
  const causes = Object.entries(map).flatMap(([key, value]) => {
    // Keys of annotations are compared in lower case.
    const keyProblem = qualifiedNameProblem(field === "annotations" ? key.toLowerCase() : key);
    const problem = valueProblem(value);
    return [
      ...(keyProblem === undefined ? [] : [invalidValue(path, key, keyProblem)]),
      ...(problem === undefined ? [] : [invalidValue(path, value, problem)]),
    ];
  });
  if (field === "annotations" && Buffer.byteLength(JSON.stringify(map)) > LARGEST_ANNOTATIONS_BYTES)
    causes.push({
      reason: "FieldValueTooLong",
      field: path,
      message: `Too long: may not be more than ${LARGEST_ANNOTATIONS_BYTES} bytes`,
    });
  return causes;
}
