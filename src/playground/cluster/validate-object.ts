import { badRequest, invalid } from "./api-error.ts";
import type { Container, KubeObject } from "./kube-object.ts";
import { apiVersionOf, type ResourceType } from "./resource-types.ts";

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** The body as an object of this type, or the refusal that the API server gives. */
export function readObject(body: unknown, type: ResourceType, namespace: string | undefined): KubeObject {
  if (body === null || typeof body !== "object" || Array.isArray(body))
    throw badRequest("the body is not an object");
  const object = structuredClone(body) as KubeObject;
  if (object.kind !== undefined && object.kind !== type.kind)
    throw badRequest(`the object provided is unrecognized: expected ${type.kind}, got ${object.kind}`);
  if (object.apiVersion !== undefined && object.apiVersion !== apiVersionOf(type))
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${apiVersionOf(type)})`,
    );
  const metadata = (object.metadata ?? {}) as Partial<KubeObject["metadata"]>;
  if (typeof metadata !== "object" || Array.isArray(metadata)) throw badRequest("metadata is not an object");
  if (metadata.namespace !== undefined && namespace !== undefined && metadata.namespace !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  object.metadata = { ...metadata, name: nameOf(metadata), ...(namespace !== undefined && { namespace }) };
  object.kind = type.kind;
  object.apiVersion = apiVersionOf(type);
  const causes = [...checkMetadata(object), ...(type.kind === "PyTorchJob" ? checkPyTorchJob(object) : [])];
  if (causes.length > 0) throw invalid(type.kind, type.group, object.metadata.name, causes);
  return object;
}

function nameOf(metadata: Partial<KubeObject["metadata"]>): string {
  if (typeof metadata.name === "string" && metadata.name !== "") return metadata.name;
  if (typeof metadata.generateName !== "string" || metadata.generateName === "") return "";
  return metadata.generateName.slice(0, 58) + Math.random().toString(36).slice(2, 7).padEnd(5, "x");
}

function checkMetadata({ metadata }: KubeObject) {
  const causes: { field: string; message: string }[] = [];
  if (metadata.name === "")
    causes.push({ field: "metadata.name", message: "Required value: name or generateName is required" });
  else if (!NAME.test(metadata.name) || metadata.name.length > 253)
    causes.push({
      field: "metadata.name",
      message: `Invalid value: ${JSON.stringify(metadata.name)}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
    });
  for (const field of ["labels", "annotations"] as const) {
    const map: unknown = metadata[field];
    if (map === undefined) continue;
    if (map === null || typeof map !== "object" || Array.isArray(map)) {
      causes.push({ field: `metadata.${field}`, message: "Invalid value: must be a map" });
      continue;
    }
    for (const [key, value] of Object.entries(map as Record<string, unknown>)) {
      if (!LABEL_KEY.test(key))
        causes.push({
          field: `metadata.${field}`,
          message: `Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.'`,
        });
      const fits =
        typeof value === "string" &&
        (field === "annotations" || (value.length <= 63 && LABEL_VALUE.test(value)));
      if (!fits)
        causes.push({
          field: `metadata.${field}`,
          message: `Invalid value: ${JSON.stringify(value)}: must be no more than 63 alphanumeric characters, '-', '_' or '.'`,
        });
    }
  }
  return causes;
}

function checkPyTorchJob(object: KubeObject) {
  const causes: { field: string; message: string }[] = [];
  const spec = object["spec"] as
    | {
        pytorchReplicaSpecs?: Record<
          string,
          { replicas?: unknown; template?: { spec?: { containers?: Container[] } } } | null
        > | null;
      }
    | null
    | undefined;
  const replicas = spec?.pytorchReplicaSpecs;
  if (
    replicas === undefined ||
    replicas === null ||
    typeof replicas !== "object" ||
    Object.keys(replicas).length === 0
  )
    return [{ field: "spec.pytorchReplicaSpecs", message: "Required value: must be specified" }];
  for (const [name, replica] of Object.entries(replicas)) {
    const field = `spec.pytorchReplicaSpecs[${name}]`;
    if (name !== "Master" && name !== "Worker")
      causes.push({ field, message: `Not found: must be one of [Master Worker]` });
    const count = replica?.replicas ?? 1;
    if (
      typeof count !== "number" ||
      !Number.isInteger(count) ||
      count < 0 ||
      (name === "Master" && count !== 1)
    )
      causes.push({
        field: `${field}.replicas`,
        message: `Invalid value: ${JSON.stringify(count)}: must be ${name === "Master" ? "1" : "a whole number"}`,
      });
    const containers = replica?.template?.spec?.containers;
    if (!Array.isArray(containers) || !containers.some((container) => container?.name === "pytorch"))
      causes.push({
        field: `${field}.template.spec.containers`,
        message: "Required value: must have at least one container with name pytorch",
      });
    else if (containers.some((container) => typeof container.image !== "string" || container.image === ""))
      causes.push({ field: `${field}.template.spec.containers[0].image`, message: "Required value" });
  }
  return causes;
}
