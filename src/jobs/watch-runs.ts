import type { Logger } from "pino";
import type { Cluster } from "../actions/cluster-ports.ts";
import type { EngineKind, Stage } from "../actions/ports.ts";
import type { TrainingEngine } from "../actions/training/engine-ports.ts";
import type { Store } from "../store/database.ts";
import type { Enqueue } from "./create-jobs.ts";

type Watched = TrainingEngine["watched"][number];

/** A change of a job on a platform rings for its run at once; without it, the poll would find it seconds later. */
export function watchRuns(options: {
  clusters: ReadonlyMap<string, Cluster>;
  engines: ReadonlyMap<EngineKind, TrainingEngine>;
  stages: readonly Stage[];
  store: Store;
  enqueue: Enqueue;
  logger: Logger;
  signal: AbortSignal;
}): void {
  const { clusters, engines, stages, store, enqueue, logger, signal } = options;
  const ring = async (cluster: string, namespace: string, name: string): Promise<void> => {
    const run = await store
      .selectFrom("runs")
      .select("id")
      .where("cluster", "=", cluster)
      .where("namespace", "=", namespace)
      .where("name", "=", name)
      .where("ended_at", "is", null)
      .executeTakeFirst();
    if (run !== undefined) await enqueue("observe-run", { runId: run.id }, { promote: true });
  };
  const places = new Map<string, { cluster: string; namespace: string; resource: Watched }>();
  for (const { cluster, namespace, engine } of stages)
    for (const resource of engines.get(engine)?.watched ?? [])
      places.set(JSON.stringify([cluster, namespace, resource]), { cluster, namespace, resource });
  for (const { cluster, namespace, resource } of places.values())
    clusters
      .get(cluster)
      ?.watch(
        { ...resource, namespace },
        (name) =>
          void ring(cluster, namespace, name).catch((error: unknown) =>
            logger.warn({ err: error, name }, "a change could not be passed on"),
          ),
        signal,
      );
}
