import type { Logger } from "pino";
import type { Cluster } from "../actions/cluster-ports.ts";
import type { Stage } from "../actions/ports.ts";
import type { Store } from "../store/database.ts";
import type { Enqueue } from "./create-jobs.ts";

/** A change of a job on a platform rings for its run at once; without it, the poll would find it seconds later. */
export function watchRuns(options: {
  clusters: ReadonlyMap<string, Cluster>;
  stages: readonly Stage[];
  store: Store;
  enqueue: Enqueue;
  logger: Logger;
  signal: AbortSignal;
}): void {
  const { clusters, stages, store, enqueue, logger, signal } = options;
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
  for (const place of new Set(stages.map((stage) => `${stage.cluster}\n${stage.namespace}`))) {
    const [cluster = "", namespace = ""] = place.split("\n");
    clusters
      .get(cluster)
      ?.watch(
        { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace },
        (name) =>
          void ring(cluster, namespace, name).catch((error: unknown) =>
            logger.warn({ err: error, name }, "a change could not be passed on"),
          ),
        signal,
      );
  }
}
