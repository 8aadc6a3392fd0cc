import type { Logger } from "pino";
import { createArgoServer } from "../actions/adapters/argo-server.ts";
import { createKubernetesCluster } from "../actions/adapters/kubernetes-cluster.ts";
import { createRayDashboard } from "../actions/adapters/ray-dashboard.ts";
import { createActions } from "../actions/create-actions.ts";
import { createEngines } from "../actions/training/create-engines.ts";
import { createBotWorker } from "../bot/create-bot-worker.ts";
import { createReadableAudiences } from "../bot/readers/readable-audiences.ts";
import { createSlackDirectory } from "../bot/readers/slack-directory.ts";
import { createBackgroundClient, type SlackConnection } from "../bot/slack-clients.ts";
import { createSlackPeople, stageApprovers } from "../bot/slack-people.ts";
import type { Config } from "../config.ts";
import { createActionHandlers } from "../jobs/action-handlers.ts";
import type { Jobs } from "../jobs/create-jobs.ts";
import { createLookIntervals } from "../jobs/look-intervals.ts";
import { watchRuns } from "../jobs/watch-runs.ts";
import { createAudienceReader } from "../rag/audience-rows.ts";
import { SearchUnavailableError } from "../rag/ports.ts";
import type { Store } from "../store/database.ts";
import { openModelServers } from "./open-model-servers.ts";
import { openMetrics } from "./open-metrics.ts";
import type { Knowing } from "./open-openai-api.ts";
import { openPipelines } from "./open-pipelines.ts";
import { keepTime, scheduleHousework } from "./keep-time.ts";
import { openKnowledge } from "./open-knowledge.ts";
import type { Embedded } from "./start-embedded.ts";

const INDEX_AGAIN_MS = 10_000;

/** The worker role: everything that happens after the ack. Imported only where it runs: its parts are heavy. */
export async function startWorkerRole(deps: {
  config: Config;
  addresses: Embedded["addresses"];
  connection: SlackConnection;
  /** Where the documents' pages are served, if no source says so itself. */
  apiUrl: string;
  store: Store;
  jobs: Jobs;
  /** What /readyz asks. */
  checks: Record<string, () => Promise<boolean>>;
  logger: Logger;
  onClose: (closer: () => Promise<void>) => void;
}): Promise<Knowing> {
  const { config, addresses, connection, store, jobs, logger, onClose } = deps;
  const now = await keepTime({ store, jobs, logger, onClose });
  const clusters = new Map(
    addresses.clusters.map((cluster) => [
      cluster.name,
      createKubernetesCluster({
        ...cluster,
        onWatchError: (error) => logger.info({ err: error, cluster: cluster.name }, "a watch ended"),
      }),
    ]),
  );
  const engines = createEngines(clusters, {
    argoServers: new Map(
      config.clusters.flatMap(({ name, argoServer }) =>
        argoServer === undefined
          ? []
          : [[name, createArgoServer({ cluster: name, url: argoServer.url, token: config.argoToken })]],
      ),
    ),
    pipelines: openPipelines(config, addresses),
    rayDashboard: createRayDashboard(
      clusters,
      new Map(
        config.clusters.map(({ name, ray }) => [
          name,
          { url: ray?.dashboardUrl, token: config.rayTokens[name] },
        ]),
      ),
    ),
  });
  const self = await createBackgroundClient(connection).auth.test();
  const teamId = self.team_id ?? "";
  const people = createSlackPeople({
    client: createBackgroundClient(connection),
    policy: config.policy,
    stageApprovers: stageApprovers(config.stages),
    logger,
    teamId,
    now,
  });
  const actions = createActions({
    store,
    policy: config.policy,
    safety: config.safety,
    stages: config.stages,
    pipelines: config.pipelines,
    clusters,
    engines,
    rates: config.rates,
    findPerson: (id) => people.findPerson(id),
    metrics: openMetrics(config, logger),
    now,
  });
  const knowledge = await openKnowledge({
    config,
    store,
    logger,
    milvusAddress: addresses.milvusAddress,
    model: addresses.model,
    apiUrl: deps.apiUrl,
    slack: connection,
    now,
  });
  onClose(() => knowledge.close());
  deps.checks["search"] = () => knowledge.rag.isReady();
  const readers = createReadableAudiences({
    directory: createSlackDirectory({ client: createBackgroundClient(connection), teamId }),
    policy: config.policy,
    audiences: createAudienceReader(store),
    publicChannels: config.knowledge.publicChannels,
    logger,
  });
  const bot = await createBotWorker({
    connection,
    store,
    enqueue: jobs.enqueue,
    actions,
    answer: (question) => knowledge.rag.answer(question),
    summarise: (thread) => knowledge.rag.summarise(thread),
    sources: {
      names: knowledge.rag.readableSources,
      states: knowledge.rag.sourceStates,
      ofChannels: config.knowledge.sources.find(({ slack }) => slack !== undefined)?.name,
    },
    readers,
    models: () => knowledge.rag.models(),
    usualModel: (channel) => config.models.find(({ channels }) => channels.includes(channel))?.name,
    modelServers: openModelServers(config, addresses.model),
    people,
    teamId,
    botUserId: self.user_id ?? "",
    logger,
    now,
  });
  const watching = new AbortController();
  onClose(async () => watching.abort());
  const { isFollowed } = watchRuns({
    clusters,
    engines,
    stages: config.stages,
    store,
    enqueue: jobs.enqueue,
    logger,
    signal: watching.signal,
  });
  const looks = createLookIntervals({ store, now, isFollowed });
  const ring = (source: string) =>
    void jobs
      .enqueue("index-source", { source })
      .catch((error: unknown) => logger.warn({ err: error, source }, "indexing could not be queued"));
  const actionHandlers = createActionHandlers({ actions, store, enqueue: jobs.enqueue, looks, now });
  const worker = jobs.startWorker(
    {
      ...bot.handlers,
      ...actionHandlers,
      async sweep(payload, context) {
        for (const source of await knowledge.rag.dueSources()) ring(source);
        const { gapReport } = config.knowledge;
        if (gapReport !== undefined) await bot.reportGaps(gapReport);
        return actionHandlers.sweep(payload, context);
      },
      async "index-source"({ source }, { signal }) {
        if (!knowledge.rag.sources().includes(source)) return undefined;
        try {
          const report = await knowledge.rag.sync(source, { signal });
          await knowledge.rag.forgetOtherSources();
          logger.info({ report }, "documents indexed");
          return undefined;
        } catch (error) {
          if (!(error instanceof SearchUnavailableError)) throw error;
          // Given up, the pages would be missing until the next start.
          logger.warn({ reason: error.message, source }, "Milvus is away: indexing waits for it");
          return { againInMs: INDEX_AGAIN_MS };
        }
      },
    },
    { onParked: (name, payload, error) => bot.onParked(name, payload, error) },
  );
  onClose(() => worker.close());
  await scheduleHousework(jobs);
  for (const source of knowledge.rag.sources()) ring(source);
  if (config.knowledge.watch) await knowledge.rag.watch(ring);
  return { rag: knowledge.rag, people, readers };
}
