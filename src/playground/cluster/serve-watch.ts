import type { ServerResponse } from "node:http";
import { ApiError } from "./api-error.ts";
import type { ObjectStore, StoreEvent } from "./object-store.ts";
import type { ResourceType } from "./resource-types.ts";
import type { Matcher } from "./selectors.ts";

const BOOKMARK_EVERY_MS = 10_000;

/** Streams events from a version on until the time is up or the client leaves. Returns how to cut it. */
export function serveWatch(options: {
  store: ObjectStore;
  type: ResourceType;
  namespace: string | undefined;
  matches: Matcher;
  resourceVersion: string;
  timeoutSeconds: number;
  bookmarks: boolean;
  response: ServerResponse;
}): () => void {
  const { store, type, matches, response } = options;
  response.writeHead(200, { "content-type": "application/json", "transfer-encoding": "chunked" });
  const write = (kind: string, object: unknown) =>
    response.write(`${JSON.stringify({ type: kind, object })}\n`);
  const send = (event: StoreEvent): void => {
    if (event.resourceType !== type) return;
    if (options.namespace !== undefined && event.object.metadata.namespace !== options.namespace) return;
    const is = event.type !== "DELETED" && matches(event.object);
    const was = event.before !== undefined && matches(event.before);
    if (is) write(was ? "MODIFIED" : "ADDED", event.object);
    else if (was) write("DELETED", event.object);
  };
  const from = options.resourceVersion;
  try {
    if (from === "" || from === "0") {
      for (const object of store.list(type, options.namespace)) if (matches(object)) write("ADDED", object);
    } else for (const event of store.since(Number(from))) send(event);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    write("ERROR", error.toStatus());
    response.end();
    return () => {};
  }
  // The head goes out also when nothing has happened yet.
  response.flushHeaders();
  const stop = store.onEvent(send);
  const bookmark = setInterval(() => {
    if (options.bookmarks)
      write("BOOKMARK", {
        apiVersion: "v1",
        kind: type.kind,
        metadata: { resourceVersion: String(store.version) },
      });
  }, BOOKMARK_EVERY_MS);
  const end = setTimeout(() => response.end(), options.timeoutSeconds * 1_000);
  response.on("close", () => {
    stop();
    clearInterval(bookmark);
    clearTimeout(end);
  });
  return () => response.destroy();
}
