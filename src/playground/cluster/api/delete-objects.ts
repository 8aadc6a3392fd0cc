import { isJsonObject, type JsonObject, type KubernetesObject } from "../objects/kubernetes-object.ts";
import type { DeleteOptions } from "../objects/object-writer.ts";
import { apiVersionOf } from "../objects/resource-types.ts";
import type { ApiServices } from "./api-services.ts";
import { conflict, invalid, notFound } from "../errors/refusals.ts";
import { notSupported } from "../errors/status-causes.ts";
import { selectorOf } from "./list-objects.ts";
import type { ResourceRequest } from "./parse-resource-request.ts";
import { parseObjectBody } from "./request-body.ts";
import { checkDryRun, detailsOf } from "./write-request.ts";

/** An int32, as in the API. */
const LONGEST_GRACE_S = 2 ** 31 - 1;
const POLICIES = ["Foreground", "Background", "Orphan"] as const;
/** Answered with the object itself; other kinds with a Status. */
const ANSWERED_WHOLE = [
  "/persistentvolumeclaims",
  "/pods",
  "/resourcequotas",
  "/serviceaccounts",
  "/services",
];

/** DELETE of one object. Answers the object while it waits for finalizers or its pod, otherwise a Status. */
export function deleteObject(
  services: ApiServices,
  { type, namespace, name = "", query }: ResourceRequest,
  body: Buffer,
  mediaType: string,
): KubernetesObject | JsonObject {
  const object = services.store.get(type.storage, namespace, name);
  if (!object) throw notFound(type, name);
  const asked = body.length === 0 ? {} : parseObjectBody(body, mediaType);
  checkPreconditions({ type, name }, object, asked["preconditions"]);
  const deleted = services.writer.remove(type, object, readOptions(query, asked));
  if (deleted.metadata.deletionTimestamp !== undefined || ANSWERED_WHOLE.includes(type.storage))
    return deleted;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: detailsOf(type, deleted),
  };
}

/** DELETE of everything that the selectors find. Answers what was there. */
export function deleteCollection(
  services: ApiServices,
  request: ResourceRequest,
  body: Buffer,
  mediaType: string,
): JsonObject {
  const { type, namespace, query } = request;
  const options = readOptions(query, body.length === 0 ? {} : parseObjectBody(body, mediaType));
  const found = services.store.list(type.storage, namespace).filter(selectorOf(request));
  for (const { metadata } of found) {
    // Deleting one may have taken another with it.
    const object = services.store.get(type.storage, metadata.namespace, metadata.name);
    if (object) services.writer.remove(type, object, options);
  }
  return {
    kind: `${type.kind}List`,
    apiVersion: apiVersionOf(type),
    metadata: { resourceVersion: String(services.store.resourceVersion()) },
    items: found,
  };
}

function readOptions(query: URLSearchParams, body: JsonObject): DeleteOptions {
  const policy = body["propagationPolicy"] ?? query.get("propagationPolicy") ?? "Background";
  const propagation = POLICIES.find((known) => known === policy);
  if (!propagation)
    throw invalid({ group: "meta.k8s.io", kind: "DeleteOptions" }, "", [
      notSupported("propagationPolicy", policy, [...POLICIES, "nil"]),
    ]);
  const inBody: readonly unknown[] = Array.isArray(body["dryRun"]) ? body["dryRun"] : [];
  const dryRun = [...query.getAll("dryRun"), ...inBody.map(String)];
  checkDryRun(dryRun, "DeleteOptions");
  const grace = body["gracePeriodSeconds"] ?? query.get("gracePeriodSeconds");
  return {
    propagation,
    dryRun: dryRun.length > 0,
    ...(grace !== null &&
      grace !== undefined && {
        gracePeriodSeconds: Math.min(Math.max(0, Number(grace) || 0), LONGEST_GRACE_S),
      }),
  };
}

function checkPreconditions(
  { type, name }: Pick<ResourceRequest, "type"> & { name: string },
  { metadata }: KubernetesObject,
  preconditions: unknown,
): void {
  if (!isJsonObject(preconditions)) return;
  const { uid, resourceVersion } = preconditions;
  const check = (what: string, wanted: unknown, actual: string, explanation: string): void => {
    if (wanted === undefined || wanted === actual) return;
    throw conflict(
      // The API server names the kind here, not the plural.
      { group: type.group, resource: type.kind },
      name,
      `the ${what} in the precondition (${JSON.stringify(wanted).replaceAll('"', "")}) does not match the ${what} in record (${actual}). The object might have been ${explanation}`,
    );
  };
  check("UID", uid, metadata.uid, "deleted and then recreated");
  check("ResourceVersion", resourceVersion, metadata.resourceVersion, "modified");
}
