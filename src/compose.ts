import { join } from "node:path";
import type { Logger } from "pino";
import type { OpenAiApi } from "./api/openai/create-openai-api.ts";
import type { Knowing } from "./compose/open-openai-api.ts";
import { openSlackEdge } from "./compose/open-slack-edge.ts";
import { startEmbedded, type Embedded } from "./compose/start-embedded.ts";
import { startSlackEdgeThread } from "./compose/start-slack-edge-thread.ts";
import type { SlackConnection } from "./bot/slack-clients.ts";
import { publicApiUrl, type Config } from "./config.ts";
import { createJobs } from "./jobs/create-jobs.ts";
import type { QueueBackend } from "./jobs/open-queues.ts";
import { openStore } from "./store/open-store.ts";

export type RoleName = "slack" | "worker" | "api";

export interface Running {
  /** What is real, embedded, simulated, and where. */
  pieces: Embedded["pieces"];
  url: string | undefined;
  apiUrl: string | undefined;
  /** Where people reach the pages of the documents. */
  pagesUrl: string;
  addresses: Embedded["addresses"];
  close(): Promise<void>;
}

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
  /** What /readyz asks; each part adds its own once it is there. */
  const checks: Record<string, () => Promise<boolean>> = { started: async () => false };
  try {
    /** Of the knowledge, once it is there. */
    const v1: { serve?: OpenAiApi["serve"] } = {};
    const api = roles.includes("api") ? await openApi(config, checks, v1, logger) : undefined;
    if (api !== undefined) closers.push(() => api.close());
    const embedded = await startEmbedded({
      config,
      roles,
      logger,
      onProgress: options.onProgress,
      onClose: (closer) => closers.push(closer),
    });
    const { addresses } = embedded;
    const queue: QueueBackend =
      config.queue.backend === "redis"
        ? { kind: "redis", url: config.redisUrl ?? "" }
        : { kind: "postgres", connectionString: addresses.postgresUrl };
    const pagesUrl = publicApiUrl(config, api?.port);
    const connection: SlackConnection = {
      botToken: addresses.slack.botToken,
      ...(addresses.slack.apiUrl !== undefined && { apiUrl: addresses.slack.apiUrl }),
    };

    // The Slack role has connections of its own: alone, it needs no others.
    if (roles.includes("worker") || roles.includes("api")) {
      const database = await openStore({
        connectionString: addresses.postgresUrl,
        onIdleError: (error) => logger.warn({ err: error }, "a database connection broke"),
      });
      closers.push(() => database.close());
      const { store } = database;
      const jobs = createJobs({ backend: queue, store, logger });
      closers.push(() => jobs.close());
      checks["store"] = async () => (await database.pool.query("select 1")).rowCount === 1;
      checks["queue"] = () => jobs.isReady();
      let knowing: Knowing | undefined;
      if (roles.includes("worker")) {
        const { startWorkerRole } = await import("./compose/start-worker-role.ts");
        knowing = await startWorkerRole({
          config,
          addresses,
          connection,
          apiUrl: pagesUrl,
          store,
          jobs,
          checks,
          logger,
          onClose: (closer) => closers.push(closer),
        });
      }
      if (api !== undefined && config.openaiApi.enabled) {
        const { openOpenAiApi } = await import("./compose/open-openai-api.ts");
        const opened = await openOpenAiApi({
          config,
          addresses,
          connection,
          store,
          apiPort: api.port,
          pagesUrl,
          knowing,
          logger,
          onClose: (closer) => closers.push(closer),
        });
        if (opened !== undefined) v1.serve = opened.serve;
      }
    }

    if (roles.includes("slack")) {
      const settings = {
        postgresUrl: addresses.postgresUrl,
        journalFile: join(config.dataDir, "deliveries.jsonl"),
        queue,
        connection,
        transport: addresses.slack.transport,
        stages: config.stages,
        policy: config.policy,
        logLevel: config.logLevel,
      };
      const onAck = (tookMs: number): void => api?.observeAck(tookMs);
      const edge = roles.includes("worker")
        ? await startSlackEdgeThread(settings, logger, onAck)
        : await openSlackEdge(settings, logger, onAck);
      checks["slack"] = async () => edge.isReady();
      closers.push(() => edge.close());
    }

    delete checks["started"];
    return { pieces: embedded.pieces, url: embedded.url, apiUrl: api?.url, pagesUrl, addresses, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Imported only where it runs: the Slack role alone shows no metrics. */
async function openApi(
  config: Config,
  checks: Readonly<Record<string, () => Promise<boolean>>>,
  v1: { serve?: OpenAiApi["serve"] },
  logger: Logger,
) {
  const [{ startApi }, { createMetrics }, { Refusal, sendRefusal }] = await Promise.all([
    import("./api/start-api.ts"),
    import("./api/metrics.ts"),
    import("./api/openai/refusal.ts"),
  ]);
  const notHere = new Refusal(
    503,
    "not_ready",
    "no documents are answered from here now: not started yet, or not its part",
    {
      retryAfterS: 5,
    },
  );
  const metrics = createMetrics();
  const api = await startApi({
    host: config.listen.host,
    port: config.listen.apiPort,
    sources: config.knowledge.sources.flatMap(({ name, folder, readers = "public" }) =>
      folder === undefined || readers !== "public" ? [] : [{ name, folder }],
    ),
    metrics,
    checks,
    async serveV1(request, response, path) {
      if (v1.serve !== undefined) return v1.serve(request, response, path);
      if (!request.complete) response.setHeader("connection", "close");
      sendRefusal(response, notHere);
    },
    logger,
  });
  return { ...api, observeAck: (tookMs: number) => metrics.observeAck(tookMs) };
}
