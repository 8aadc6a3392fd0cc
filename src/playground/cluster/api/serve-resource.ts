import type { IncomingMessage, ServerResponse } from "node:http";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { answerTable, wantsTable } from "./answer-table.ts";
import type { ApiServices } from "./api-services.ts";
import { ApiError } from "../errors/api-error.ts";
import { forbidden, internalError, methodNotAllowed, notFound, pathNotFound } from "../errors/refusals.ts";
import { denialMessage, type ClusterIdentity } from "./authorization.ts";
import { patchObject, replaceObject } from "./change-object.ts";
import type { ClusterFault } from "./cluster-faults.ts";
import { createObject } from "./create-object.ts";
import { deleteCollection, deleteObject } from "./delete-objects.ts";
import { listObjects, selectorOf } from "./list-objects.ts";
import { authorizedName, type ResourceRequest } from "./parse-resource-request.ts";
import { mediaTypeOf, readBody } from "./request-body.ts";
import { serveLogs } from "./serve-logs.ts";
import { serveWatch } from "./serve-watch.ts";
import { writeOptionsOf } from "./write-request.ts";

/** One call on a resource by somebody who is known. Writes the answer; refusals are thrown as ApiError. */
export async function serveResource(
  services: ApiServices,
  identity: ClusterIdentity,
  request: IncomingMessage,
  resource: ResourceRequest,
  response: ServerResponse,
): Promise<void> {
  checkSubresource(resource);
  authorize(services, identity, resource);
  const fault = services.faults.take(resource.verb, resource.type.resource);
  await suffer(fault);
  if (resource.verb === "watch") {
    watch(services, request, resource, response);
    if (fault?.kind === "cut-watch") response.destroy();
    return;
  }
  if (resource.subresource === "log") {
    const { type, namespace, name = "" } = resource;
    const read = () => services.store.get(type.storage, namespace, name);
    serveLogs(services, read, resource.query, name, response);
    return;
  }
  if (resource.subresource === "proxy") throw nothingBehind(services, resource);
  const { code, body } = await answer(services, identity, request, resource);
  if (fault?.kind === "lose-answer") response.destroy();
  else {
    response.writeHead(code, { "content-type": "application/json", "cache-control": "no-cache, private" });
    response.end(JSON.stringify(body));
  }
}

function checkSubresource({ type, subresource, verb }: ResourceRequest): void {
  if (subresource === undefined) return;
  const isLog = subresource === "log" && type.storage === "/pods";
  if (subresource === "proxy" && type.storage === "/services") return;
  if (!isLog && !(subresource === "status" && type.hasStatus)) throw pathNotFound();
  const allowed = isLog ? ["get"] : ["get", "update", "patch"];
  if (!allowed.includes(verb)) throw methodNotAllowed();
}

/** Services of this cluster lead to pods in which nothing runs. */
function nothingBehind({ store }: ApiServices, { type, namespace, name = "" }: ResourceRequest): ApiError {
  const [service = ""] = name.split(":");
  if (!store.get(type.storage, namespace, service)) return notFound(type, service);
  return new ApiError(503, "ServiceUnavailable", `no endpoints available for service "${service}"`);
}

function authorize({ authorizer }: ApiServices, identity: ClusterIdentity, request: ResourceRequest): void {
  const { type, namespace, subresource, verb } = request;
  const name = authorizedName(request);
  const resource = subresource === undefined ? type.resource : `${type.resource}/${subresource}`;
  const access = {
    verb,
    group: type.group,
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
  if (!authorizer.decide(identity, access).allowed)
    throw forbidden(
      { group: type.group, resource: type.resource },
      name ?? "",
      denialMessage(identity, access),
    );
}

async function suffer(fault: ClusterFault | undefined): Promise<void> {
  if (fault?.kind === "delay") await new Promise((done) => setTimeout(done, fault.delayMs ?? 1_000));
  if (fault?.kind === "error") throw internalError("a fault that a test asked for");
  if (fault?.kind === "rate-limit")
    throw new ApiError(429, "TooManyRequests", "too many requests, please try again later", {
      retryAfterSeconds: fault.retryAfterSeconds ?? 1,
    });
}

function watch(
  services: ApiServices,
  request: IncomingMessage,
  resource: ResourceRequest,
  response: ServerResponse,
): void {
  const { type, namespace, query } = resource;
  const asTable = wantsTable(request.headers.accept);
  let isFirst = true;
  const present = (object: KubernetesObject): unknown => {
    if (!asTable) return object;
    const { resourceVersion } = object.metadata;
    const table = answerTable(type, [object], { resourceVersion }, tableOptions(services, query, isFirst));
    isFirst = false;
    return table;
  };
  serveWatch(services, { type, namespace, matches: selectorOf(resource), query, present }, response);
}

function tableOptions({ clock }: ApiServices, query: URLSearchParams, withColumns: boolean) {
  return { withObjects: query.get("includeObject") === "Object", withColumns, nowMs: clock.nowMs() };
}

async function answer(
  services: ApiServices,
  identity: ClusterIdentity,
  request: IncomingMessage,
  resource: ResourceRequest,
): Promise<{ code: number; body: unknown }> {
  const { type, namespace, name = "", query, verb } = resource;
  const asTable = wantsTable(request.headers.accept);
  if (verb === "list") {
    const list = listObjects(services.store, resource);
    const { items, metadata } = list;
    return {
      code: 200,
      body: asTable ? answerTable(type, items, metadata, tableOptions(services, query, true)) : list,
    };
  }
  if (verb === "get") {
    const object = services.store.get(type.storage, namespace, name);
    if (!object) throw notFound(type, name);
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    return {
      code: 200,
      body: asTable ? answerTable(type, [object], metadata, tableOptions(services, query, true)) : object,
    };
  }
  const body = await readBody(request);
  const mediaType = mediaTypeOf(request);
  if (verb === "delete") return { code: 200, body: deleteObject(services, resource, body, mediaType) };
  if (verb === "deletecollection")
    return { code: 200, body: deleteCollection(services, resource, body, mediaType) };
  const options = writeOptionsOf(resource, request.headers, mediaType);
  const write = { resource, body, mediaType, options };
  if (verb === "create") return { code: 201, body: createObject(services, identity, write) };
  if (verb === "update") return { code: 200, body: replaceObject(services, write) };
  const { code, object } = patchObject(services, write);
  return { code, body: object };
}
