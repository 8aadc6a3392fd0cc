import type { Logger } from "pino";
import { startEmbedded, type Embedded } from "./compose/start-embedded.ts";
import { openKnowledge } from "./compose/open-knowledge.ts";
import { createKubernetesCluster } from "./actions/adapters/kubernetes-cluster.ts";
import { createActions } from "./actions/create-actions.ts";
import { createPyTorchJobEngine } from "./actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { startApi } from "./api/start-api.ts";
import { createMetrics } from "./api/metrics.ts";
import { createBotWorker } from "./bot/create-bot-worker.ts";
import { startSlackEdge } from "./bot/create-slack-edge.ts";
import { createBackgroundClient, type SlackConnection } from "./bot/slack-clients.ts";
import { createSlackPeople } from "./bot/slack-people.ts";
import type { Config } from "./config.ts";
import { createActionHandlers } from "./jobs/action-handlers.ts";
import { createJobs } from "./jobs/create-jobs.ts";
import { watchRuns } from "./jobs/watch-runs.ts";
import { openStore } from "./store/open-store.ts";

export type RoleName = "slack" | "worker" | "api";

export interface Running {
  /** What is real, embedded, simulated, and where. */
  pieces: Embedded["pieces"];
  url: string | undefined;
  apiUrl: string | undefined;
  addresses: Embedded["addresses"];
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 5_000;
const EXPIRE_EVERY_MS = 15_000;
const PRUNE_EVERY_MS = 3_600_000;

/** Builds everything from the configuration and starts the chosen roles. What was started is closed again when something fails. */
export async function compose(options: {
  config: Config;
  roles: readonly RoleName[];
  logger: Logger;
  onProgress: (text: string) => void;
}): Promise<Running> {
  const { config, roles, logger } = options;
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed())
      await closer().catch((error: unknown) => logger.error({ err: error }, "a part did not close cleanly"));
  };
  const metrics = createMetrics();
  /** What /readyz asks; each part adds its own once it is there. */
  const checks: Record<string, () => Promise<boolean>> = { started: async () => false };
  try {
    const api = roles.includes("api")
      ? await startApi({
          host: config.listen.host,
          port: config.listen.apiPort,
          sources: config.knowledge.sources,
          metrics,
          checks,
          logger,
        })
      : undefined;
    if (api !== undefined) closers.push(() => api.close());
    const embedded = await startEmbedded({
      config,
      roles,
      logger,
      onProgress: options.onProgress,
      onClose: (closer) => closers.push(closer),
    });
    const { addresses } = embedded;
    const now = () => new Date();
    const database = await openStore({
      connectionString: addresses.postgresUrl,
      onIdleError: (error) => logger.warn({ err: error }, "a database connection broke"),
    });
    closers.push(() => database.close());
    const { store } = database;
    const jobs = createJobs({
      backend:
        config.queue.backend === "redis"
          ? { kind: "redis", url: config.redisUrl ?? "" }
          : { kind: "postgres", connectionString: addresses.postgresUrl },
      store,
      logger,
    });
    closers.push(() => jobs.close());
    const connection: SlackConnection = {
      botToken: addresses.slack.botToken,
      ...(addresses.slack.apiUrl !== undefined && { apiUrl: addresses.slack.apiUrl }),
    };
    checks["store"] = async () => (await database.pool.query("select 1")).rowCount === 1;
    checks["queue"] = () => jobs.isReady();

    if (roles.includes("worker")) {
      const clusters = new Map(
        addresses.clusters.map((cluster) => [
          cluster.name,
          createKubernetesCluster({
            ...cluster,
            onWatchError: (error) => logger.info({ err: error, cluster: cluster.name }, "a watch ended"),
          }),
        ]),
      );
      const engine = createPyTorchJobEngine(clusters);
      const self = await createBackgroundClient(connection).auth.test();
      const teamId = self.team_id ?? "";
      const people = createSlackPeople({
        client: createBackgroundClient(connection),
        policy: config.policy,
        stageApprovers: config.stages.flatMap((stage) => stage.approval?.approvers ?? []),
        teamId,
        now,
      });
      const actions = createActions({
        store,
        policy: config.policy,
        stages: config.stages,
        clusters,
        engines: new Map([[engine.kind, engine]]),
        findPerson: (id) => people.findPerson(id),
        now,
      });
      const knowledge = await openKnowledge({
        config,
        store,
        logger,
        milvusAddress: addresses.milvusAddress,
        modelUrl: addresses.modelUrl,
        apiUrl: api?.url ?? `http://${config.listen.host}:${config.listen.apiPort}`,
      });
      closers.push(() => knowledge.close());
      checks["search"] = () => knowledge.rag.isReady();
      const bot = await createBotWorker({
        connection,
        store,
        enqueue: jobs.enqueue,
        actions,
        answer: (question) => knowledge.rag.answer(question),
        people,
        teamId,
        botUserId: self.user_id ?? "",
        logger,
        now,
      });
      const worker = jobs.startWorker(
        {
          ...bot.handlers,
          ...createActionHandlers({ actions, store, enqueue: jobs.enqueue, now }),
          async "index-source"({ source }, { signal }) {
            if (!knowledge.rag.sources().includes(source)) return;
            const report = await knowledge.rag.sync(source, { signal });
            logger.info({ report }, "documents indexed");
          },
        },
        { onParked: (name, payload, error) => bot.onParked(name, payload, error) },
      );
      closers.push(() => worker.close());
      await jobs.schedule("sweep", {}, SWEEP_EVERY_MS);
      await jobs.schedule("expire-approvals", {}, EXPIRE_EVERY_MS);
      await jobs.schedule("prune", {}, PRUNE_EVERY_MS);
      const ring = (source: string) =>
        void jobs
          .enqueue("index-source", { source })
          .catch((error: unknown) => logger.warn({ err: error, source }, "indexing could not be queued"));
      for (const source of knowledge.rag.sources()) ring(source);
      if (config.knowledge.watch) await knowledge.rag.watch(ring);
      const watching = new AbortController();
      closers.push(async () => watching.abort());
      watchRuns({
        clusters,
        stages: config.stages,
        store,
        enqueue: jobs.enqueue,
        logger,
        signal: watching.signal,
      });
    }

    if (roles.includes("slack")) {
      const edge = await startSlackEdge({
        connection,
        transport: addresses.slack.transport,
        store,
        enqueue: jobs.enqueue,
        stages: config.stages,
        logger,
        onAck: (tookMs) => metrics.observeAck(tookMs),
      });
      checks["slack"] = async () => edge.isReady();
      closers.push(() => edge.close());
    }

    delete checks["started"];
    return { pieces: embedded.pieces, url: embedded.url, apiUrl: api?.url, addresses, close };
  } catch (error) {
    await close();
    throw error;
  }
}
