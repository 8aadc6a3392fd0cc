import { join } from "node:path";
import type { Config } from "../config.ts";

/** Who asks, as a gateway in front of Kubeflow Pipelines would say it. */
const HEADER = "kubeflow-userid";

/** A stand-in for Kubeflow Pipelines where a stage needs one and its cluster is simulated; undefined elsewhere. */
export async function startSimulatedPipelines(
  config: Config,
  cluster: Config["clusters"][number],
): Promise<{ cluster: string; url: string; header: string; close(): Promise<void> } | undefined> {
  const isNeeded = config.stages.some(
    (stage) => stage.engine === "kubeflow-pipeline" && stage.cluster === cluster.name,
  );
  if (cluster.kind !== "simulated" || cluster.kubeflowPipelines !== undefined || !isNeeded) return undefined;
  const { startPipelinesServer } = await import("../playground/pipelines/start-pipelines-server.ts");
  const namespaces = new Set(config.stages.map(({ namespace }) => namespace));
  const server = await startPipelinesServer({
    port: 0,
    dataDir: join(config.dataDir, `pipelines-${cluster.name}`),
    access: { kind: "multi-user", header: HEADER, mayUse: (_user, namespace) => namespaces.has(namespace) },
    runDurationMs: config.simulation.trainingDuration,
  });
  return { cluster: cluster.name, url: server.url, header: HEADER, close: () => server.close() };
}
