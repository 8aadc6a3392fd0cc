import type { ServerResponse } from "node:http";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { apiVersionOf, type ResourceType } from "../objects/resource-types.ts";
import type { Change } from "../store/watch-cache.ts";
import { expired } from "../errors/refusals.ts";
import { ApiError, statusBody } from "../errors/api-error.ts";
import type { ApiServices } from "./api-services.ts";
import { isTrue } from "./parse-resource-request.ts";

const BOOKMARK_EVERY_MS = 10_000;
const DEFAULT_TIMEOUT_S = 1_800;
const LONGEST_TIMEOUT_S = 3_600;
/** A reader that falls this far behind is cut off, as the API server does. */
const MOST_UNREAD_BYTES = 16 * 1_024 * 1_024;

export interface WatchOptions {
  type: ResourceType;
  namespace: string | undefined;
  matches: (object: KubernetesObject) => boolean;
  query: URLSearchParams;
  /** Turns objects into table rows where the client asked for those. */
  present: (object: KubernetesObject) => unknown;
}

/** Streams changes from a version on, until the time is up, the client leaves, or somebody cuts it. */
export function serveWatch(services: ApiServices, options: WatchOptions, response: ServerResponse): void {
  const { store, openWatches } = services;
  const { type, namespace, matches, query } = options;
  const from = query.get("resourceVersion") ?? "";
  if (!/^\d*$/.test(from))
    throw new ApiError(
      500,
      "",
      `resourceVersion: Invalid value: ${JSON.stringify(from)}: strconv.ParseUint: parsing ${JSON.stringify(from)}: invalid syntax`,
    );
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
  // The head goes out also when nothing has happened yet.
  response.flushHeaders();
  const write = (eventType: string, object: unknown): void => {
    if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    else response.write(`${JSON.stringify({ type: eventType, object })}\n`);
  };
  const isVisible = (object: KubernetesObject | undefined): boolean =>
    object !== undefined &&
    (namespace === undefined || object.metadata.namespace === namespace) &&
    matches(object);
  const send = (change: Change): void => {
    if (change.resource !== type.storage) return;
    const is = change.type !== "DELETED" && isVisible(change.object);
    const was = isVisible(change.previous);
    if (is) write(was ? "MODIFIED" : "ADDED", options.present(change.object));
    else if (was) write("DELETED", options.present(change.object));
  };
  const bookmark = (annotations?: Record<string, string>): void =>
    write("BOOKMARK", {
      kind: type.kind,
      apiVersion: apiVersionOf(type),
      metadata: {
        resourceVersion: String(store.resourceVersion()),
        creationTimestamp: null,
        ...(annotations && { annotations }),
      },
    });

  const sendsInitial = isTrue(query.get("sendInitialEvents"));
  if (from === "" || from === "0" || sendsInitial) {
    for (const object of store.list(type.storage, namespace))
      if (matches(object)) write("ADDED", options.present(object));
    if (sendsInitial) bookmark({ "k8s.io/initial-events-end": "true" });
  } else {
    const missed = store.history.since(type.storage, Number(from));
    if (!missed) {
      const oldest = store.history.oldestResourceVersion();
      write("ERROR", statusBody(expired(`too old resource version: ${from} (${oldest})`)));
      response.end();
      return;
    }
    missed.forEach(send);
  }
  const unsubscribe = store.subscribe(send);
  const cut = (): void => {
    response.destroy();
  };
  openWatches.add(cut);
  const ticking = setInterval(() => {
    if (isTrue(query.get("allowWatchBookmarks"))) bookmark();
  }, BOOKMARK_EVERY_MS);
  const seconds = Math.min(LONGEST_TIMEOUT_S, Number(query.get("timeoutSeconds")) || DEFAULT_TIMEOUT_S);
  const timeout = setTimeout(() => response.end(), seconds * 1_000);
  response.on("close", () => {
    unsubscribe();
    openWatches.delete(cut);
    clearInterval(ticking);
    clearTimeout(timeout);
  });
}
