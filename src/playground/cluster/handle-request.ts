import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, badRequest, notFound } from "./api-error.ts";
import { forbiddenMessage, isAllowed, type ClusterRole, type UserInfo } from "./authorization.ts";
import type { ClusterClock } from "./cluster-clock.ts";
import type { ClusterFault } from "./cluster-faults.ts";
import type { KubeObject } from "./kube-object.ts";
import type { ObjectStore } from "./object-store.ts";
import { parseTarget, verbOf, type Target } from "./parse-target.ts";
import { applyPatch, parseJson, parseYaml } from "./patch.ts";
import { answerReview } from "./reviews.ts";
import { apiVersionOf, reviewTypes, typeOfKind, type ResourceType } from "./resource-types.ts";
import { parseFieldSelector, parseLabelSelector, type Matcher } from "./selectors.ts";
import { serveLogs } from "./serve-logs.ts";
import { serveWatch } from "./serve-watch.ts";
import { readObject } from "./validate-object.ts";

export interface ApiContext {
  store: ObjectStore;
  clock: ClusterClock;
  roles: readonly ClusterRole[];
  trainingDurationMs: number;
  takeFault(verb: string, resource: string): ClusterFault | undefined;
  onWatch(cut: () => void, response: ServerResponse): void;
}

/** One API call of an authenticated user. Writes the answer; refusals are thrown as ApiError. */
export async function handleRequest(
  context: ApiContext,
  user: UserInfo,
  request: IncomingMessage,
  body: string,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  const target = parseTarget(url.pathname);
  if (target === undefined)
    throw new ApiError(404, "NotFound", "the server could not find the requested resource");
  const { type, namespace, name, subresource } = target;
  const query = url.searchParams;
  const watch = name === undefined && ["1", "true"].includes(query.get("watch") ?? "");
  const verb = verbOf(request.method ?? "GET", name, watch);
  if (verb === undefined)
    throw new ApiError(
      405,
      "MethodNotAllowed",
      "the server does not allow this method on the requested resource",
    );
  const resource = subresource === undefined ? type.resource : `${type.resource}/${subresource}`;
  const access = { verb, group: type.group, resource, namespace };
  if (!isAllowed(context.roles, user, access))
    throw new ApiError(403, "Forbidden", forbiddenMessage(user, access, name ?? ""), {
      name: name ?? "",
      group: type.group,
      kind: type.resource,
    });
  const fault = context.takeFault(verb, type.resource);
  await before(fault);

  const matches = selectorOf(query);
  if (watch) {
    const cut = serveWatch({
      store: context.store,
      type,
      namespace,
      matches,
      resourceVersion: query.get("resourceVersion") ?? "",
      timeoutSeconds: Math.min(3_600, Number(query.get("timeoutSeconds")) || 1_800),
      bookmarks: query.get("allowWatchBookmarks") === "true",
      response,
    });
    context.onWatch(cut, response);
    return;
  }
  if (subresource === "log") {
    const readPod = () => context.store.get(type, namespace, name ?? "");
    serveLogs({
      readPod,
      query,
      clock: context.clock,
      trainingDurationMs: context.trainingDurationMs,
      response,
    });
    return;
  }
  const [code, answer] = act(context, user, target, verb, { request, body, query, matches });
  if (fault?.kind === "lose-answer") {
    response.destroy();
    return;
  }
  response.writeHead(code, { "content-type": "application/json" });
  response.end(JSON.stringify(answer));
}

async function before(fault: ClusterFault | undefined): Promise<void> {
  if (fault?.kind === "delay") await new Promise((done) => setTimeout(done, fault.delayMs ?? 1_000));
  if (fault?.kind === "error") throw new ApiError(500, "InternalError", "Internal error occurred: injected");
  if (fault?.kind === "rate-limit") {
    const retryAfterSeconds = fault.retryAfterSeconds ?? 1;
    throw new ApiError(429, "TooManyRequests", "too many requests, please try again later", {
      retryAfterSeconds,
    });
  }
}

function selectorOf(query: URLSearchParams): Matcher {
  const byLabel = parseLabelSelector(query.get("labelSelector") ?? "");
  const byField = parseFieldSelector(query.get("fieldSelector") ?? "");
  return (object) => byLabel(object) && byField(object);
}

function act(
  context: ApiContext,
  user: UserInfo,
  target: Target,
  verb: string,
  call: { request: IncomingMessage; body: string; query: URLSearchParams; matches: Matcher },
): [number, unknown] {
  const { store } = context;
  const { type, namespace, subresource } = target;
  const name = target.name ?? "";
  const contentType = call.request.headers["content-type"] ?? "application/json";
  const dryRun = call.query.get("dryRun") === "All";
  const read = () => (contentType.includes("yaml") ? parseYaml(call.body) : parseJson(call.body));
  switch (verb) {
    case "list":
      return [200, listOf(store, type, namespace, call)];
    case "get":
      return [200, store.get(type, namespace, name)];
    case "create": {
      if (reviewTypes.includes(type)) return [201, answerReview(type, read(), user, context.roles)];
      if (type.namespaced && namespace === undefined)
        throw badRequest("an empty namespace may not be set during creation");
      if (namespace !== undefined && !store.has(typeOfKind("Namespace"), undefined, namespace))
        throw notFound({ group: "", resource: "namespaces" }, namespace);
      const { status: given, ...object } = readObject(read(), type, namespace);
      return [
        201,
        store.create(
          type,
          { ...object, ...(!type.hasStatus && given !== undefined && { status: given }) },
          dryRun,
        ),
      ];
    }
    case "update": {
      const object = readObject(read(), type, namespace);
      if (object.metadata.name !== name)
        throw badRequest("the name of the object does not match the name on the URL");
      return [
        200,
        store.update(type, object, { dryRun, ...(subresource === "status" && { subresource: "status" }) }),
      ];
    }
    case "patch": {
      const isApply = contentType.startsWith("application/apply-patch+yaml");
      if (isApply && !store.has(type, namespace, name)) {
        const object = readObject({ ...(applyPatch(contentType, call.body, {}) as object) }, type, namespace);
        return [201, store.create(type, { ...object, metadata: { ...object.metadata, name } }, dryRun)];
      }
      const current = store.get(type, namespace, name);
      const patched = readObject(applyPatch(contentType, call.body, current), type, namespace);
      if (patched.metadata.name !== name) throw badRequest("the name may not be changed");
      return [
        200,
        store.update(type, patched, { dryRun, ...(subresource === "status" && { subresource: "status" }) }),
      ];
    }
    case "delete": {
      const options =
        call.body === ""
          ? {}
          : ((read() ?? {}) as {
              preconditions?: { uid?: string };
              propagationPolicy?: string;
              dryRun?: string[];
            });
      const uid = options.preconditions?.uid;
      if (dryRun || options.dryRun?.includes("All") === true) return [200, store.get(type, namespace, name)];
      const orphan = (options.propagationPolicy ?? call.query.get("propagationPolicy")) === "Orphan";
      const deleted = store.delete(type, namespace, name, { orphan, ...(uid !== undefined && { uid }) });
      if (deleted.metadata.deletionTimestamp !== undefined) return [200, deleted];
      return [
        200,
        {
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Success",
          details: { name, group: type.group, kind: type.resource, uid: deleted.metadata.uid },
        },
      ];
    }
    default: {
      for (const object of store.list(type, namespace).filter(call.matches)) {
        if (store.has(type, object.metadata.namespace, object.metadata.name))
          store.delete(type, object.metadata.namespace, object.metadata.name);
      }
      return [200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" }];
    }
  }
}

function listOf(
  store: ObjectStore,
  type: ResourceType,
  namespace: string | undefined,
  call: { query: URLSearchParams; matches: Matcher },
) {
  const all = store.list(type, namespace).filter(call.matches);
  const limit = Number(call.query.get("limit")) || Infinity;
  const from = Number(Buffer.from(call.query.get("continue") ?? "", "base64url").toString("utf8") || 0);
  if (!Number.isInteger(from) || from < 0) throw badRequest("continue key is not valid");
  const items = all.slice(from, from + limit);
  const left = all.length - from - items.length;
  return {
    kind: `${type.kind}List`,
    apiVersion: apiVersionOf(type),
    metadata: {
      resourceVersion: String(store.version),
      ...(left > 0 && {
        continue: Buffer.from(String(from + items.length)).toString("base64url"),
        remainingItemCount: left,
      }),
    },
    items,
  };
}
