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
const WEBHOOK = 'admission webhook "validator.pytorchjob.training-operator.kubeflow.org" denied the request';

/** More pods than that in one job are a slip of the hand; a real cluster would try. */
const MOST_REPLICAS = 200;

/** What the admission webhook of Training Operator 1.9 refuses: thrown as 403 with the webhook's words. */
export function checkPyTorchJob(job: ObjectDraft): void {
  const { name = "" } = job.metadata;
  const spec = (job.spec ?? {}) as { pytorchReplicaSpecs?: Record<string, unknown> };
  const replicaSpecs = Object.entries(spec.pytorchReplicaSpecs ?? {});
  const problems = [
    ...checkJobName(name),
    ...(replicaSpecs.length === 0 ? [required(ROOT, "must be required")] : []),
    ...replicaSpecs.flatMap(([role, replica]) => checkReplica(role, replica)),
  ];
  if (problems.length === 0) return;
  const listed = problems.map(({ field, message }) => `${field}: ${message}`);
  const text = listed.length === 1 ? listed[0] : `[${listed.join(", ")}]`;
  throw new ApiError(403, "Forbidden", `${WEBHOOK}: ${text}`);
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
  if ((replicas ?? 1) > MOST_REPLICAS)
    causes.push(
      forbiddenField(`${path}.replicas`, `must be at most ${MOST_REPLICAS} in a simulated cluster`),
    );
  return causes;
}
