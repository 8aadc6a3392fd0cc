import type { IncomingMessage, ServerResponse } from "node:http";
import { aggregatedDiscovery } from "./aggregated-discovery.ts";
import type { ApiServices } from "./api-services.ts";
import { ApiError, statusBody } from "../errors/api-error.ts";
import { badRequest, internalError, pathNotFound, wrongHost } from "../errors/refusals.ts";
import type { Authenticate } from "./authentication.ts";
import { discoveryDocument } from "./discovery.ts";
import { openapiDocument } from "./openapi-document.ts";
import { parseResourceRequest } from "./parse-resource-request.ts";
import { pendingWorkloads } from "./pending-workloads.ts";
import { serveControl } from "./serve-control.ts";
import { serveResource } from "./serve-resource.ts";

const HEALTH = ["/livez", "/readyz", "/healthz"];
/** Names by which this server may be called: a web page elsewhere that resolves to 127.0.0.1 is not among them. */
const HOSTS = ["127.0.0.1", "localhost"];

/** One HTTP request, answered in every case. */
export async function serveRequest(
  services: ApiServices,
  authenticate: Authenticate,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await serve(services, authenticate, request, response);
  } catch (error) {
    refuse(response, error instanceof ApiError ? error : internalError(String(error)));
  }
}

async function serve(
  services: ApiServices,
  authenticate: Authenticate,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  if (!HOSTS.includes(host)) throw wrongHost();
  const { method = "GET" } = request;
  const url = parseUrl(request.url ?? "/");
  if (HEALTH.includes(url.pathname)) {
    response.writeHead(200, { "content-type": "text/plain" }).end("ok");
    return;
  }
  const identity = authenticate(request);
  const resource = parseResourceRequest(method, url);
  if (resource) {
    await serveResource(services, identity, request, resource, response);
    return;
  }
  const pending = pendingWorkloads(services, identity, method, url);
  if (pending) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(pending));
    return;
  }
  const path = url.pathname.replace(/(?<=.)\/$/, "");
  if (await serveControl(services, identity, request, path)) {
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
    return;
  }
  const aggregated = aggregatedDiscovery(path, request.headers.accept ?? "");
  const document = aggregated?.body ?? discoveryDocument(path) ?? openapiDocument(path);
  if (!document) {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("404 page not found\n");
    return;
  }
  if (method !== "GET") throw pathNotFound();
  response.writeHead(200, { "content-type": aggregated?.mediaType ?? "application/json" });
  response.end(JSON.stringify(document));
}

function parseUrl(text: string): URL {
  try {
    return new URL(text, "https://127.0.0.1");
  } catch {
    throw badRequest("the request's address cannot be read");
  }
}

function refuse(response: ServerResponse, error: ApiError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { retryAfterSeconds } = error.details ?? {};
  response.writeHead(error.code, {
    "content-type": "application/json",
    ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
  });
  response.end(JSON.stringify(statusBody(error)));
}
