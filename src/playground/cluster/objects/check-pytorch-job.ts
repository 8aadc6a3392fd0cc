import { ApiError } from "../errors/api-error.ts";
import {
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type StatusCause,
} from "../errors/status-causes.ts";
import { isJsonObject, type ObjectDraft } from "./kubernetes-object.ts";
import { nameProblem } from "./names.ts";

const ROOT = "spec.pytorchReplicaSpecs";
/** What the API server adds to every refusal by a schema. */
const UNCHECKED: StatusCause = {
  reason: "FieldValueInvalid",
  message:
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
  field: "<nil>",
};
const WEBHOOK = 'admission webhook "validator.pytorchjob.training-operator.kubeflow.org" denied the request';

/**
 * In the order of a real cluster with Training Operator 1.9: what the schema of the custom resource refuses comes back as
 * causes (422), what its admission webhook refuses is thrown as 403 with the webhook's words.
 */
export function checkPyTorchJob(job: ObjectDraft): StatusCause[] {
  const causes = checkSpec(job.spec);
  if (causes.length > 0) return [...causes, UNCHECKED];
  const { name = "" } = job.metadata;
  if (nameProblem(name, "dns-subdomain") !== undefined) return [];
  const spec = (job.spec ?? {}) as { pytorchReplicaSpecs?: Record<string, unknown> };
  const replicaSpecs = Object.entries(spec.pytorchReplicaSpecs ?? {});
  const problems = [
    ...checkJobName(name),
    ...(replicaSpecs.length === 0 ? [required(ROOT, "must be required")] : []),
    ...replicaSpecs.flatMap(([role, replica]) => checkReplica(role, replica)),
  ];
  if (problems.length === 0) return [];
  const listed = problems.map(({ field, message }) => `${field}: ${message}`);
  const text = listed.length === 1 ? listed[0] : `[${listed.join(", ")}]`;
  throw new ApiError(403, "Forbidden", `${WEBHOOK}: ${text}`);
}

function checkSpec(spec: unknown): StatusCause[] {
  // The schema does not require a spec; the operator's webhook misses what is in it.
  if (spec === undefined || spec === null) return [];
  if (!isJsonObject(spec)) return [ofType("spec", spec, "object")];
  const replicaSpecs = spec["pytorchReplicaSpecs"];
  if (replicaSpecs === undefined || replicaSpecs === null) return [required(ROOT)];
  if (!isJsonObject(replicaSpecs)) return [ofType(ROOT, replicaSpecs, "object")];
  return Object.entries(replicaSpecs).flatMap(([role, replica]) => checkReplicaSchema(role, replica));
}

function checkReplicaSchema(role: string, replica: unknown): StatusCause[] {
  const path = `${ROOT}.${role}`;
  // Null is as good as absent to a schema.
  if (replica === null) return [];
  if (!isJsonObject(replica)) return [ofType(path, replica, "object")];
  const causes: StatusCause[] = [];
  const { replicas, template } = replica;
  if (replicas !== undefined && !Number.isInteger(replicas))
    causes.push(ofType(`${path}.replicas`, replicas, "integer"));
  const spec = isJsonObject(template) ? template["spec"] : undefined;
  if (isJsonObject(spec) && !Array.isArray(spec["containers"]))
    causes.push(
      spec["containers"] === undefined
        ? required(`${path}.template.spec.containers`)
        : ofType(`${path}.template.spec.containers`, spec["containers"], "array"),
    );
  if (isJsonObject(spec) && Array.isArray(spec["containers"]))
    spec["containers"].forEach((container: unknown, index) => {
      if (isJsonObject(container) && container["name"] === undefined)
        causes.push(required(`${path}.template.spec.containers[${index}].name`));
    });
  return causes;
}

const ofType = (field: string, value: unknown, type: string): StatusCause => ({
  ...invalidValue(
    field,
    kindOf(value),
    `${field} in body must be of type ${type}: ${JSON.stringify(kindOf(value))}`,
  ),
  reason: "FieldValueTypeInvalid",
});

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function checkJobName(name: string): StatusCause[] {
  const problem = nameProblem(name, "dns-1035-label");
  return problem === undefined ? [] : [invalidValue("metadata.name", name, `should match: ${problem}`)];
}

function checkReplica(role: string, replica: unknown): StatusCause[] {
  const path = `${ROOT}[${role}]`;
  const { replicas, template } = (replica ?? {}) as {
    replicas?: number;
    template?: { spec?: { containers?: unknown[] } };
  };
  const containers = template?.spec?.containers ?? [];
  const containersPath = `${path}.template.spec.containers`;
  const causes: StatusCause[] = [];
  if (role !== "Master" && role !== "Worker") causes.push(notSupported(path, role, ["Master", "Worker"]));
  if (containers.length === 0) causes.push(required(containersPath, "must be specified"));
  containers.forEach((container, index) => {
    const image = isJsonObject(container) ? container["image"] : undefined;
    if (typeof image !== "string" || image === "")
      causes.push(required(`${containersPath}[${index}].image`, "must be required"));
  });
  if (!containers.some((container) => isJsonObject(container) && container["name"] === "pytorch"))
    causes.push(required(containersPath, "must have at least one container with name pytorch"));
  // The operator's defaulting sets one replica where none is given.
  if (role === "Master" && (replicas ?? 1) !== 1)
    causes.push(forbiddenField(`${path}.replicas`, "must be 1"));
  if (role !== "Master" && (replicas ?? 1) < 1)
    causes.push(forbiddenField(`${path}.replicas`, "must be at least 1"));
  return causes;
}
