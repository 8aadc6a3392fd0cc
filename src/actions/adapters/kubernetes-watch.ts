import { setTimeout as sleep } from "node:timers/promises";
import { ClusterUnavailableError } from "../cluster-ports.ts";
import type { KubernetesRest } from "./kubernetes-rest.ts";

const RELIST_MS = 300_000;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;

interface Event {
  type: string;
  object: { metadata?: { name?: string; resourceVersion?: string }; code?: number };
}

/**
 * Lists, then watches from there, for ever: after any end it starts anew (with jitter, slower while it keeps failing, never
 * before a Retry-After is over), and at least every 5 minutes it lists again, so that an event that was lost is made up for.
 */
export function superviseWatch(options: {
  rest: () => Promise<KubernetesRest>;
  path: string;
  onChange: (name: string) => void;
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
        const listed = await listNames(options);
        for (const name of new Set([...seen.keys(), ...listed.names.keys()]))
          if (seen.get(name) !== listed.names.get(name)) options.onChange(name);
        seen = listed.names;
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

async function listNames(options: Parameters<typeof superviseWatch>[0]) {
  const rest = await options.rest();
  const answer = await rest.call({ method: "GET", path: options.path, signal: options.signal });
  if (!answer.ok) throw new Error(answer.status.message ?? `the API server answers ${answer.status.code}`);
  const list = answer.body as { metadata?: { resourceVersion?: string }; items?: Event["object"][] };
  const names = new Map(
    (list.items ?? []).map((item) => [item.metadata?.name ?? "", item.metadata?.resourceVersion ?? ""]),
  );
  return { resourceVersion: list.metadata?.resourceVersion ?? "0", names };
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
    if (event.type === "DELETED") seen.delete(name);
    else seen.set(name, event.object.metadata?.resourceVersion ?? "");
    options.onChange(name);
  }
  return true;
}
