import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { isJsonObject } from "../objects/kubernetes-object.ts";
import { badRequest } from "../errors/refusals.ts";
import type { ResourceType } from "../objects/resource-types.ts";

export type FieldMatcher = (object: KubernetesObject) => boolean;

const EVERY_KIND = ["metadata.name", "metadata.namespace"];

/** What each kind can be selected by besides its name and namespace, as on a real API server. */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  "/pods": [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  "/events": [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source.component",
    "type",
  ],
  "/nodes": ["spec.unschedulable"],
  "/namespaces": ["status.phase"],
  "/secrets": ["type"],
  "batch/jobs": ["status.successful"],
};

/** Parses `status.phase=Running,spec.nodeName!=gpu-1`; throws 400 for a field the kind cannot be selected by. */
export function parseFieldSelector(text: string, type: ResourceType): FieldMatcher {
  if (text === "") return () => true;
  const allowed = [...EVERY_KIND, ...(SELECTABLE[type.storage] ?? [])];
  const matchers = splitTerms(text).map((term) => {
    const parsed = /^([^=!]+)(==|=|!=)([\s\S]*)$/.exec(term);
    if (!parsed) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
    const field = parsed[1] ?? "";
    if (!allowed.includes(field)) throw unknownField(field, type);
    const wanted = (parsed[3] ?? "").replaceAll(/\\([\\,=])/g, "$1");
    const negated = parsed[2] === "!=";
    return (object: KubernetesObject) => (valueAt(object, field) === wanted) !== negated;
  });
  return (object) => matchers.every((matches) => matches(object));
}

/** The name that a selector fixes by `metadata.name=x`: what a watch of one object is authorised by. */
export function selectedName(text: string): string | undefined {
  return /(?:^|,)\s*metadata\.name\s*==?\s*([^,\\]+)/.exec(text)?.[1];
}

function unknownField(field: string, type: ResourceType): Error {
  if (type.custom || SELECTABLE[type.storage]) return badRequest(`field label not supported: ${field}`);
  return badRequest(
    `"${field}" is not a known field selector: only ${EVERY_KIND.map((known) => `"${known}"`).join(", ")}`,
  );
}

function splitTerms(text: string): string[] {
  return text.match(/(?:\\[\s\S]|[^,\\])+/g) ?? [];
}

function valueAt(object: KubernetesObject, field: string): string {
  let value: unknown = object;
  for (const step of field.split(".")) {
    value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return field === "spec.unschedulable" || field === "spec.hostNetwork" ? "false" : "";
}
