import { join } from "node:path";
import type { Logger } from "pino";
import type { RoleName } from "../compose.ts";
import type { SlackTransport } from "../bot/create-slack-edge.ts";
import type { Config } from "../config.ts";
import type { ChatModelOptions } from "../rag/adapters/create-chat-model.ts";
import { findModel } from "./find-model.ts";
import { searchPieces } from "./search-pieces.ts";
import { startSimulatedPipelines } from "./start-simulated-pipelines.ts";

export interface Piece {
  name: string;
  kind: "real" | "embedded" | "simulated" | "none";
  where: string;
}

export interface Embedded {
  pieces: readonly Piece[];
  /** The playground's page, if it runs. */
  url: string | undefined;
  addresses: {
    postgresUrl: string;
    milvusAddress: string | undefined;
    model: ChatModelOptions | undefined;
    slack: { botToken: string; apiUrl?: string; transport: SlackTransport };
    clusters: readonly {
      name: string;
      simulated: boolean;
      source: { kubeconfig: string } | { kubeconfigFile: string } | "in-cluster";
      context?: string;
    }[];
    /** Of simulated clusters, where a stage needs it. */
    simulatedPipelines: readonly { cluster: string; url: string; header: string }[];
  };
}

/** Starts what is not configured as real: Postgres, Milvus Lite, the playground's Slack and cluster. Tells where everything is. */
export async function startEmbedded(options: {
  config: Config;
  roles: readonly RoleName[];
  logger: Logger;
  onProgress: (text: string) => void;
  onClose: (closer: () => Promise<void>) => void;
}): Promise<Embedded> {
  const { config, roles, logger, onProgress, onClose } = options;
  const pieces: Piece[] = [];
  const worker = roles.includes("worker");

  let postgresUrl = config.postgresUrl;
  if (postgresUrl === undefined) {
    onProgress("starting Postgres");
    const { startEmbeddedPostgres } = await import("../store/embedded-postgres.ts");
    const postgres = await startEmbeddedPostgres({
      dataDir: join(config.dataDir, "postgres"),
      onExit: (restartInMs, error) =>
        logger.error({ restartInMs, err: error }, "Postgres ended and is started again"),
    });
    onClose(() => postgres.close());
    postgresUrl = postgres.connectionString;
    pieces.push({ name: "Postgres", kind: "embedded", where: join(config.dataDir, "postgres") });
  } else pieces.push({ name: "Postgres", kind: "real", where: new URL(postgresUrl).host });
  pieces.push({
    name: "queue",
    kind: config.queue.backend === "redis" ? "real" : "embedded",
    where: config.queue.backend === "redis" ? "Redis" : "in Postgres",
  });

  let milvusAddress = config.milvus.address;
  if (milvusAddress !== undefined) pieces.push({ name: "Milvus", kind: "real", where: milvusAddress });
  else if (worker) {
    onProgress("starting Milvus Lite (the first time it installs its Python packages)");
    const { startMilvusLite } = await import("../rag/adapters/start-milvus-lite.ts");
    const milvus = await startMilvusLite({
      dataDir: join(config.dataDir, "milvus"),
      cacheDir: config.cacheDir,
      onProgress: ({ detail }) => onProgress(detail),
      onExit: (exit) => logger.warn({ exit }, "Milvus Lite ended and is started again"),
    });
    onClose(() => milvus.close());
    milvusAddress = milvus.address;
    pieces.push({ name: "Milvus", kind: "embedded", where: `Milvus Lite, ${milvus.address}` });
  }

  const clusters: Embedded["addresses"]["clusters"][number][] = [];
  const simulatedPipelines: Embedded["addresses"]["simulatedPipelines"][number][] = [];
  for (const cluster of config.clusters) {
    if (cluster.kind === "kubeconfig") {
      clusters.push({
        name: cluster.name,
        simulated: false,
        source: { kubeconfigFile: cluster.file },
        ...(cluster.context !== undefined && { context: cluster.context }),
      });
      pieces.push({ name: `cluster ${cluster.name}`, kind: "real", where: cluster.file });
    } else if (cluster.kind === "in-cluster") {
      clusters.push({ name: cluster.name, simulated: false, source: "in-cluster" });
      pieces.push({ name: `cluster ${cluster.name}`, kind: "real", where: "the cluster this runs in" });
    } else if (worker) {
      const { startSimulatedCluster } = await import("../playground/cluster/start-simulated-cluster.ts");
      const simulated = await startSimulatedCluster({
        port: clusters.some((other) => other.simulated) ? 0 : config.listen.clusterPort,
        dataDir: join(config.dataDir, `cluster-${cluster.name}`),
        trainingDurationMs: config.simulation.trainingDuration,
      });
      onClose(() => simulated.close());
      clusters.push({ name: cluster.name, simulated: true, source: { kubeconfig: simulated.kubeconfig } });
      pieces.push({
        name: `cluster ${cluster.name}`,
        kind: "simulated",
        where: `${simulated.url}, kubeconfig ${simulated.kubeconfigPath ?? ""}`,
      });
      const pipelines = await startSimulatedPipelines(config, cluster);
      if (pipelines === undefined) continue;
      onClose(() => pipelines.close());
      simulatedPipelines.push(pipelines);
      pieces.push({ name: `pipelines ${cluster.name}`, kind: "simulated", where: pipelines.url });
    }
  }

  const { slack, url } = await openSlack(options, pieces);
  const model = await findModel(config);
  pieces.push(model.piece, ...searchPieces(config.knowledge));
  return {
    pieces,
    url,
    addresses: {
      postgresUrl,
      milvusAddress,
      model: model.model,
      slack,
      clusters,
      simulatedPipelines,
    },
  };
}

async function openSlack(
  { config, logger, onProgress, onClose }: Parameters<typeof startEmbedded>[0],
  pieces: Piece[],
): Promise<{ slack: Embedded["addresses"]["slack"]; url: string | undefined }> {
  if (config.slack.kind === "real") {
    const { botToken, apiUrl, transport } = config.slack;
    pieces.push({
      name: "Slack",
      kind: "real",
      where: transport.kind === "socket" ? "Socket Mode" : `HTTP on port ${transport.port}`,
    });
    return { slack: { botToken, transport, ...(apiUrl !== undefined && { apiUrl }) }, url: undefined };
  }
  onProgress("starting the playground");
  const [{ startSlackPlayground }, { buildPage }] = await Promise.all([
    import("../playground/slack/start-slack-playground.ts"),
    import("../playground/slack/build-page.ts"),
  ]);
  const playground = await startSlackPlayground({
    port: config.listen.playgroundPort,
    dataDir: join(config.dataDir, "slack"),
    assets: await buildPage(),
    logger,
  });
  onClose(() => playground.close());
  pieces.push({ name: "Slack", kind: "simulated", where: playground.url });
  const { botToken, apiUrl, appToken, url } = playground;
  return { slack: { botToken, apiUrl, transport: { kind: "socket", appToken } }, url };
}
