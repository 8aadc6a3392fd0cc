import { setTimeout as sleep } from "node:timers/promises";
import { ClusterUnavailableError } from "../cluster-ports.ts";
import type { PlatformObject } from "../ports.ts";
import type { KubernetesRest } from "./kubernetes-rest.ts";

const RELIST_MS = 300_000;
const FIRST_PAUSE_MS = 1_000;
/** With its jitter and a list after it well below half a minute. */
const LAST_PAUSE_MS = 12_000;
/** Of a list; custom resources may be 10 KB each, and pages are read and let go one after the other. */
const PAGE_OBJECTS = 100;

interface Event {
  type: string;
  object: { metadata?: { name?: string; resourceVersion?: string } };
}
type OnChange = (name: string, object?: PlatformObject) => void;

/**
 * Lists, then watches from there, for ever: after any end it starts anew (with jitter, slower while it keeps failing, never
 * before a Retry-After is over), and at least every 5 minutes it lists again, so that an event that was lost is made up for.
 */
export function superviseWatch(options: {
  rest: () => Promise<KubernetesRest>;
  path: string;
  /** Lists of one cluster come one after the other: together their pages would take several times the memory, for good. */
  inTurn: <T>(list: () => Promise<T>) => Promise<T>;
  /** Without the object: it is gone. */
  onChange: OnChange;
  /** After each list. */
  onListed?: ((listed: { has(name: string): boolean }) => void) | undefined;
  onError: (error: Error) => void;
  signal: AbortSignal;
}): void {
  const { signal } = options;
  void (async () => {
    let pauseMs = FIRST_PAUSE_MS;
    let seen = new Map<string, string>();
    while (!signal.aborted) {
      let askedToWaitMs = 0;
      try {
        const before = seen;
        const listed = await options.inTurn(() => listAll(options, before));
        for (const name of seen.keys()) if (!listed.versions.has(name)) options.onChange(name);
        seen = listed.versions;
        options.onListed?.(seen);
        if (await follow(options, listed.resourceVersion, seen)) pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ClusterUnavailableError) askedToWaitMs = error.retryAfterMs ?? 0;
        options.onError(error instanceof Error ? error : new Error(String(error)));
      }
      await sleep(askedToWaitMs + pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(
        () => undefined,
      );
      pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2);
    }
  })();
}

/** Runs what it is given one after the other, whatever comes of it. */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** Page by page; tells of those whose version is another than before. */
async function listAll(options: Parameters<typeof superviseWatch>[0], seen: ReadonlyMap<string, string>) {
  const rest = await options.rest();
  const versions = new Map<string, string>();
  let page = "";
  for (;;) {
    const query = new URLSearchParams({
      limit: String(PAGE_OBJECTS),
      ...(page !== "" && { continue: page }),
    });
    const path = `${options.path}?${query.toString()}`;
    const answer = await rest.call({ method: "GET", path, signal: options.signal });
    if (!answer.ok) throw new Error(answer.status.message ?? `the API server answers ${answer.status.code}`);
    const list = answer.body as {
      metadata?: { resourceVersion?: string; continue?: string };
      items?: Event["object"][];
    };
    for (const item of list.items ?? []) {
      const { name = "", resourceVersion = "" } = item.metadata ?? {};
      versions.set(name, resourceVersion);
      if (seen.get(name) !== resourceVersion) options.onChange(name, item as PlatformObject);
    }
    page = list.metadata?.continue ?? "";
    if (page === "") return { resourceVersion: list.metadata?.resourceVersion ?? "0", versions };
  }
}

/** True when the connection lived long enough to count as healthy. */
async function follow(
  options: Parameters<typeof superviseWatch>[0],
  resourceVersion: string,
  seen: Map<string, string>,
): Promise<boolean> {
  const query = new URLSearchParams({
    watch: "1",
    allowWatchBookmarks: "true",
    timeoutSeconds: String(RELIST_MS / 1_000),
    resourceVersion,
  });
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(RELIST_MS + 10_000)]);
  const rest = await options.rest();
  let healthy = false;
  for await (const line of rest.lines({
    method: "GET",
    path: `${options.path}?${query.toString()}`,
    signal,
  })) {
    const event = JSON.parse(line) as Event;
    if (event.type === "ERROR") return healthy;
    healthy = true;
    const name = event.object.metadata?.name;
    if (event.type === "BOOKMARK" || name === undefined) continue;
    if (event.type === "DELETED") {
      seen.delete(name);
      options.onChange(name);
    } else {
      seen.set(name, event.object.metadata?.resourceVersion ?? "");
      options.onChange(name, event.object as PlatformObject);
    }
  }
  return true;
}
