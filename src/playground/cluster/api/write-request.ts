import type { IncomingMessage } from "node:http";
import type { JsonObject, KubernetesObject, ObjectDraft } from "../objects/kubernetes-object.ts";
import { checkShape } from "../objects/check-shape.ts";
import { isJsonObject } from "../objects/kubernetes-object.ts";
import type { Writer } from "../objects/managed-fields.ts";
import type { WriteOptions } from "../objects/object-writer.ts";
import { apiVersionOf, type ResourceType } from "../objects/resource-types.ts";
import { badRequest, invalid } from "../errors/refusals.ts";
import { forbiddenField, invalidValue, notSupported, required } from "../errors/status-causes.ts";
import type { ResourceRequest } from "./parse-resource-request.ts";

export const APPLY = "application/apply-patch+yaml";

/** A write as it came in: its body is parsed by the handler that knows what it must be. */
export interface WriteRequest {
  resource: ResourceRequest;
  body: Buffer;
  mediaType: string;
  options: WriteOptions;
}

/** Who writes and whether it is a rehearsal; throws 422 for parameters that say something else. */
export function writeOptionsOf(
  resource: ResourceRequest,
  headers: IncomingMessage["headers"],
  mediaType: string,
): WriteOptions {
  const { query, type, subresource } = resource;
  const dryRun = query.getAll("dryRun");
  const optionsKind = { create: "CreateOptions", update: "UpdateOptions" }[resource.verb as string];
  checkDryRun(dryRun, optionsKind ?? "PatchOptions");
  const isApply = mediaType === APPLY;
  if (!isApply && query.has("force"))
    throw invalid({ group: "meta.k8s.io", kind: "PatchOptions" }, "", [
      forbiddenField("force", "may not be specified for non-apply patch"),
    ]);
  const manager = query.get("fieldManager") ?? "";
  if (isApply && manager === "")
    throw invalid({ group: "meta.k8s.io", kind: "PatchOptions" }, "", [
      required("fieldManager", "is required for apply patch"),
    ]);
  const writer: Writer = {
    manager: manager === "" ? (headers["user-agent"] ?? "").split("/")[0] || "unknown" : manager,
    operation: isApply ? "Apply" : "Update",
    apiVersion: apiVersionOf(type),
    ...(subresource === "status" && { subresource: "status" }),
  };
  return { dryRun: dryRun.length > 0, writer };
}

export function checkDryRun(values: readonly string[], optionsKind: string): void {
  if (values.some((value) => value !== "All"))
    throw invalid({ group: "meta.k8s.io", kind: optionsKind }, "", [notSupported("dryRun", values, ["All"])]);
}

/** The body as an object of the request's kind and namespace; throws 400 with the API's reason otherwise. */
export function readDraft({ type, namespace }: ResourceRequest, body: JsonObject): ObjectDraft {
  const content = withoutNulls(body) as JsonObject;
  const { kind, apiVersion, metadata = {} } = content;
  if (type.custom && (kind === undefined || apiVersion === undefined))
    throw badRequest(
      `the object provided is unrecognized (must be of type ${type.kind}): Object '${kind === undefined ? "Kind" : "apiVersion"}' is missing in the body`,
    );
  if (type.custom && kind !== type.kind)
    throw invalid({ group: type.group, kind: typeof kind === "string" ? kind : "" }, "", [
      invalidValue("kind", kind, `must be ${type.kind}`),
    ]);
  if (kind !== undefined && kind !== type.kind)
    throw badRequest(
      `the object provided is unrecognized (must be of type ${type.kind}): the body is a ${JSON.stringify(kind)}`,
    );
  if (apiVersion !== undefined && apiVersion !== apiVersionOf(type))
    throw badRequest(
      `the API version in the data (${typeof apiVersion === "string" ? apiVersion : "no text"}) does not match the expected API version (${apiVersionOf(type)})`,
    );
  if (!isJsonObject(metadata)) throw badRequest("metadata must be an object");
  const given = metadata as Partial<KubernetesObject["metadata"]>;
  if (type.namespaced && (given.namespace ?? "") !== "" && given.namespace !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  const { namespace: _namespace, ...rest } = given;
  const draft = {
    ...content,
    kind: type.kind,
    apiVersion: apiVersionOf(type),
    metadata: { ...rest, ...(type.namespaced && namespace !== undefined && { namespace }) },
  };
  checkShape(type, draft);
  return draft;
}

/** A field that is null is as good as absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null)
      .map(([key, child]) => [key, withoutNulls(child)]),
  );
}

/** The name of a type and object as `details` of an answer tell it. */
export function detailsOf(type: ResourceType, object: KubernetesObject): JsonObject {
  return {
    name: object.metadata.name,
    ...(type.group !== "" && { group: type.group }),
    kind: type.resource,
    uid: object.metadata.uid,
  };
}
