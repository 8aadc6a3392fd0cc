import { checkPodChange } from "../objects/check-pod.ts";
import type { KubernetesObject, ObjectDraft } from "../objects/kubernetes-object.ts";
import { isJsonObject } from "../objects/kubernetes-object.ts";
import { applyConfiguration } from "../objects/managed-fields.ts";
import { applyJsonPatch } from "../patches/json-patch.ts";
import { applyMergePatch } from "../patches/merge-patch.ts";
import { applyStrategicMerge } from "../patches/strategic-merge.ts";
import type { ApiServices } from "./api-services.ts";
import {
  badRequest,
  conflict,
  invalid,
  notFound,
  unsupportedMediaType,
  unsupportedPatch,
} from "../errors/refusals.ts";
import { invalidValue } from "../errors/status-causes.ts";
import { isTrue } from "./parse-resource-request.ts";
import { parseBody, parseObjectBody } from "./request-body.ts";
import { APPLY, readDraft, type WriteRequest } from "./write-request.ts";

const STRATEGIC_MERGE = "application/strategic-merge-patch+json";
const PATCHES = ["application/json-patch+json", "application/merge-patch+json", STRATEGIC_MERGE];

/** PUT: the whole object, or its status. */
export function replaceObject(services: ApiServices, write: WriteRequest): KubernetesObject {
  const { resource, options } = write;
  const draft = readDraft(resource, parseObjectBody(write.body, write.mediaType));
  checkName(write, draft);
  const current = read(services, write);
  if (!current) throw notFound(resource.type, resource.name ?? "");
  if (resource.type.custom && (draft.metadata.resourceVersion ?? "") === "")
    // The API server names the plural here, not the kind.
    throw invalid({ ...resource.type, kind: resource.type.resource }, current.metadata.name, [
      invalidValue("metadata.resourceVersion", 0, "must be specified for an update"),
    ]);
  return store(
    services,
    write,
    current,
    { ...draft, metadata: { ...draft.metadata, name: current.metadata.name } },
    options,
  );
}

/** PATCH: merge, JSON, strategic merge, or server-side apply, which also creates (201). */
export function patchObject(
  services: ApiServices,
  write: WriteRequest,
): { code: 200 | 201; object: KubernetesObject } {
  const { resource, options } = write;
  const current = read(services, write);
  if (options.writer.operation === "Apply") return apply(services, write, current);
  if (!current) throw notFound(resource.type, resource.name ?? "");
  const draft = readDraft(resource, patched(write, current));
  checkName(write, draft);
  return { code: 200, object: store(services, write, current, draft, options) };
}

function apply(
  services: ApiServices,
  write: WriteRequest,
  current: KubernetesObject | undefined,
): { code: 200 | 201; object: KubernetesObject } {
  const { resource, options } = write;
  const body = parseObjectBody(write.body, write.mediaType);
  if (body["kind"] === undefined || body["apiVersion"] === undefined)
    throw badRequest("invalid object type: /, Kind=");
  const configuration = readDraft(resource, body);
  checkName(write, configuration);
  if ((configuration.metadata.managedFields ?? []).length > 0)
    throw badRequest("metadata.managedFields must be nil");
  configuration.metadata = { ...configuration.metadata, name: resource.name ?? "" };
  const { uid, resourceVersion } = configuration.metadata;
  if (!current && uid !== undefined)
    throw conflict(
      resource.type,
      resource.name ?? "",
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  if (!current) return { code: 201, object: services.writer.create(resource.type, configuration, options) };
  const merged = applyConfiguration(current, configuration, options.writer, {
    force: isTrue(resource.query.get("force")),
    time: services.writer.now(),
  });
  merged.metadata = { ...merged.metadata, ...(resourceVersion !== undefined && { resourceVersion }) };
  return { code: 200, object: store(services, write, current, merged, options) };
}

function patched({ resource, body, mediaType }: WriteRequest, current: KubernetesObject) {
  if (!PATCHES.includes(mediaType)) throw unsupportedPatch();
  if (resource.type.custom && mediaType === STRATEGIC_MERGE)
    throw unsupportedMediaType([...PATCHES.filter((known) => known !== STRATEGIC_MERGE), APPLY]);
  const patch = parseBody(body, mediaType);
  if (mediaType !== "application/json-patch+json" && !isJsonObject(patch))
    throw badRequest("the patch must be an object");
  const result =
    mediaType === "application/json-patch+json"
      ? applyJsonPatch(current, patch)
      : mediaType === "application/merge-patch+json"
        ? applyMergePatch(current, patch)
        : applyStrategicMerge(current, patch);
  if (!isJsonObject(result)) throw badRequest("the patched result is not an object");
  return result;
}

function read({ store: objects }: ApiServices, { resource }: WriteRequest): KubernetesObject | undefined {
  return objects.get(resource.type.storage, resource.namespace, resource.name ?? "");
}

function checkName({ resource }: WriteRequest, draft: ObjectDraft): void {
  const { name } = draft.metadata;
  if (name !== undefined && name !== resource.name)
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${resource.name ?? ""})`,
    );
}

function store(
  services: ApiServices,
  { resource }: WriteRequest,
  current: KubernetesObject,
  draft: ObjectDraft,
  options: WriteRequest["options"],
): KubernetesObject {
  if (resource.type.storage === "/pods" && resource.subresource === undefined)
    checkPodChange(resource.type, current, draft);
  return services.writer.update(resource.type, draft, options);
}
