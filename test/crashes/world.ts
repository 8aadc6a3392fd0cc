import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import {
  startSimulatedCluster,
  type SimulatedCluster,
} from "#src/playground/cluster/start-simulated-cluster.ts";
import { startSlackPlayground } from "#src/playground/slack/start-slack-playground.ts";
import { createKubernetesCluster } from "#src/actions/adapters/kubernetes-cluster.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { cacheDir } from "#test/servers/jibsa.ts";
import { createPlaygroundClient, type PlaygroundClient } from "#test/servers/playground-client.ts";
import { putIndexingOff } from "#test/servers/put-indexing-off.ts";
import { startBot, type BotOptions, type SupervisedBot } from "./supervised-bot.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const EXAMPLE = new URL("../../jibsa.example.yaml", import.meta.url);
/** Nobody listens there. */
const NOWHERE = "127.0.0.1:1";

/** Everything around the bot, which outlives it: Slack, a cluster, a database. The bot itself is a process that may die. */
export interface World {
  slack: PlaygroundClient;
  cluster: {
    control(): SimulatedCluster["control"];
    /** Nobody listens any more. */
    goAway(): Promise<void>;
    /** At the same address, with all its objects. */
    comeBack(): Promise<void>;
  };
  database: OpenStore;
  /** Names of the PyTorchJobs that exist, read from the cluster and not from the bot. */
  jobNames(): Promise<readonly string[]>;
  startBot(options?: BotOptions): Promise<SupervisedBot>;
  /** Ends the bots, then their surroundings; leaves no file. */
  close(): Promise<void>;
}

export interface WorldOptions {
  database: OpenStore & { connectionString: string };
  /** Default 0.5 s. */
  trainingMs?: number;
  /** Default: nobody listens there. */
  milvusAddress?: string;
  /** The section of the settings; default: none. */
  model?: Readonly<Record<string, string>>;
  /** Pages by file name. Default: none, and nothing is indexed: half of the work of a start. */
  pages?: Readonly<Record<string, string>>;
  /** Waits before Slack brings an event again. */
  eventRetryDelaysMs?: readonly number[];
  /** Default true: Slack limits by itself, too. */
  rateLimits?: boolean;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const folder = await makeTemporaryFolder("crash");
  const slack = await startSlackPlayground({
    port: 0,
    rateLimits: options.rateLimits ?? true,
    // As often as Slack does, without its minutes in between.
    eventRetryDelaysMs: options.eventRetryDelaysMs ?? [0, 500, 1_000],
  });
  const startCluster = (port: number) =>
    startSimulatedCluster({
      port,
      dataDir: join(folder, "cluster"),
      trainingDurationMs: options.trainingMs ?? 500,
    });
  let cluster = await startCluster(0);
  const observer = createKubernetesCluster({
    name: "onprem-a",
    simulated: true,
    source: { kubeconfig: cluster.kubeconfig },
  });
  await mkdir(join(folder, "pages"));
  for (const [name, text] of Object.entries(options.pages ?? {}))
    await writeFile(join(folder, "pages", name), text);
  const file = join(folder, "jibsa.yaml");
  const example = parse(await readFile(EXAMPLE, "utf8")) as {
    stages: readonly { engine: string }[];
    policy: object;
  };
  await writeFile(
    file,
    JSON.stringify({
      ...example,
      // The others need more than a cluster.
      stages: example.stages.filter(({ engine }) => engine === "pytorch-job"),
      // Never reached: what is held of it has to be given back, whoever dies.
      policy: { ...example.policy, limits: [{ name: "crashes", per: "person", runs: 1_000 }] },
      slack: { apiUrl: slack.apiUrl },
      milvus: { address: options.milvusAddress ?? NOWHERE },
      model: options.model ?? { provider: "none" },
      knowledge: { sources: [{ name: "pages", folder: join(folder, "pages") }], watch: false },
    }),
  );
  if (options.pages === undefined)
    await putIndexingOff(options.database, {
      kind: "postgres",
      connectionString: options.database.connectionString,
    });
  const bots: SupervisedBot[] = [];
  let started = 0;
  return {
    slack: createPlaygroundClient(slack.url),
    cluster: {
      control: () => cluster.control,
      goAway: () => cluster.close(),
      async comeBack() {
        cluster = await startCluster(Number(new URL(cluster.url).port));
      },
    },
    database: options.database,
    async jobNames() {
      const jobs = await observer.list(
        { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" },
        { user: "observer", groups: ["system:masters"] },
      );
      return jobs.map((job) => job.metadata.name);
    },
    async startBot({ env, ...botOptions } = {}) {
      started += 1;
      const bot = await startBot({
        dataDir: join(folder, `bot-${started}`),
        config: file,
        env: {
          SLACK_BOT_TOKEN: slack.botToken,
          SLACK_APP_TOKEN: slack.appToken,
          KUBECONFIG: cluster.kubeconfigPath ?? "",
          JIBSA_POSTGRES_URL: options.database.connectionString,
          JIBSA_LOG_LEVEL: "warn",
          NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(cacheDir(), "compile"),
          ...env,
        },
        ...botOptions,
      });
      bots.push(bot);
      return bot;
    },
    async close() {
      await Promise.all(bots.map((bot) => bot.close()));
      await Promise.all([slack.close(), cluster.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
