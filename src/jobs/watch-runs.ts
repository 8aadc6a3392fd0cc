import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Cluster } from "../actions/cluster-ports.ts";
import type { EngineKind, Stage } from "../actions/ports.ts";
import type { TrainingEngine } from "../actions/training/engine-ports.ts";
import type { Store } from "../store/database.ts";
import type { Enqueue } from "./create-jobs.ts";
import { isNews, seeObject, type SeenObject, type WatchedRun } from "./seen-object.ts";

type Place = Pick<WatchedRun, "cluster" | "namespace" | "engine">;
type Watched = TrainingEngine["watched"][number];

/** Changes are passed on together: one question to the database for all of this while. */
const GATHER_MS = 100;
const BATCH = 250;
const AGAIN_MS = 2_000;

/**
 * A change of a job on a platform rings for its run at once. Watches deliver the objects themselves: what does not change
 * what a run shows rings for nothing. Rung for is also what was there and is gone, as after a time without us.
 */
export function watchRuns(options: {
  clusters: ReadonlyMap<string, Cluster>;
  engines: ReadonlyMap<EngineKind, TrainingEngine>;
  stages: readonly Stage[];
  store: Store;
  enqueue: Enqueue;
  logger: Logger;
  signal: AbortSignal;
}): { isFollowed(run: Place & Pick<WatchedRun, "name">): boolean } {
  const { clusters, engines, stages, store, enqueue, logger, signal } = options;
  /** Digests, by place and name: the rest of an object is let go. */
  const known = new Map<string, Map<string, string>>();
  const places = new Map<string, { place: Place; engine: TrainingEngine; watched: Watched }>();
  for (const { cluster, namespace, engine: kind } of stages) {
    const engine = engines.get(kind);
    for (const watched of engine?.watched ?? [])
      if (engine !== undefined)
        places.set(JSON.stringify([cluster, namespace, watched]), {
          place: { cluster, namespace, engine: kind },
          engine,
          watched,
        });
  }

  for (const { place, engine, watched } of places.values()) {
    const key = keyOf(place);
    const digests = known.get(key) ?? new Map<string, string>();
    known.set(key, digests);
    const pending = new Map<string, SeenObject>();
    let isGone: ((run: WatchedRun) => boolean) | undefined;
    let passing: Promise<void> | undefined;
    const ring = async (run: WatchedRun, digest: string): Promise<void> =>
      // A job that is at it already may have looked before the change: each change has a job of its own.
      enqueue("notice-change", { runId: run.id }, { deduplicationKey: `${run.id}/${digest}` });

    const passOnBatch = async (): Promise<void> => {
      const batch = [...pending].slice(0, BATCH);
      const rows = await openRuns(store, place)
        .where(
          "name",
          "in",
          batch.map(([name]) => name),
        )
        .execute();
      for (const run of rows) {
        const seen = pending.get(run.name);
        if (seen !== undefined && isNews(run, seen)) await ring(run, seen.digest);
      }
      // Not what has come for the same name meanwhile.
      for (const [name, seen] of batch) if (pending.get(name) === seen) pending.delete(name);
    };
    const passOn = async (): Promise<void> => {
      await sleep(GATHER_MS);
      while (!signal.aborted && (pending.size > 0 || isGone !== undefined))
        try {
          while (pending.size > 0) await passOnBatch();
          const gone = isGone;
          const rows = gone === undefined ? [] : await openRuns(store, place).execute();
          for (const run of rows) if (gone?.(run) === true) await ring(run, "not-listed");
          if (isGone === gone) isGone = undefined;
        } catch (error) {
          logger.warn({ err: error, place }, "changes could not be passed on yet");
          await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
        }
    };
    const startPassing = (): void => {
      passing ??= passOn().finally(() => (passing = undefined));
    };

    clusters.get(place.cluster)?.watch(
      { ...watched, namespace: place.namespace },
      (name, object) => {
        const seen = seeObject(engine, object, digests.get(name));
        if (seen === undefined) return;
        if (object === undefined) digests.delete(name);
        else digests.set(name, seen.digest);
        pending.set(name, { ...seen, isFirst: seen.isFirst && pending.get(name)?.isFirst !== false });
        startPassing();
      },
      signal,
      {
        onListed(listed) {
          isGone = ({ name }) => !listed.has(name);
          startPassing();
        },
      },
    );
  }
  return { isFollowed: (run) => known.get(keyOf(run))?.has(run.name) === true };
}

const keyOf = ({ cluster, namespace, engine }: Place): string => `${cluster}/${namespace}/${engine}`;

const openRuns = (store: Store, { cluster, namespace, engine }: Place) =>
  store
    .selectFrom("runs")
    .select(["id", "cluster", "namespace", "name", "engine", "uid", "state", "observed_at"])
    .where("engine", "=", engine)
    .where("cluster", "=", cluster)
    .where("namespace", "=", namespace)
    .where("ended_at", "is", null);
