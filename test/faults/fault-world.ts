import { writeFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { createKubernetesCluster } from "#src/actions/adapters/kubernetes-cluster.ts";
import type { PlatformObject } from "#src/actions/ports.ts";
import {
  startSimulatedCluster,
  type SimulatedCluster,
} from "#src/playground/cluster/start-simulated-cluster.ts";
import { startSlackPlayground } from "#src/playground/slack/start-slack-playground.ts";
import { cacheDir } from "#test/servers/jibsa.ts";
import { createPlaygroundClient, type PlaygroundClient } from "#test/servers/playground-client.ts";
import { startTestPostgres } from "#test/servers/postgres.ts";
import { putIndexingOff } from "#test/servers/put-indexing-off.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { startBotProcess, type BotProcess, type Role } from "./bot-process.ts";

const EXAMPLE = new URL("../../jibsa.example.yaml", import.meta.url);
/** Nobody listens there. */
const NOWHERE = "127.0.0.1:1";
const TRAINING_MS = 1_000;
const JOBS = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" };
/** Of the example's. */
const STAGES = ["preprocess", "sft", "evaluate"];
const ADMINISTRATOR = { user: "observer", groups: ["system:masters"] };
const EVENT_RETRY_DELAYS_MS = [0, 1_000, 2_000, 4_000, 8_000];

/** What outlives the bots: Slack, a cluster, a database. And the bots: two of each role. */
export interface FaultWorld {
  slack: PlaygroundClient;
  processes: readonly BotProcess[];
  workers: readonly BotProcess[];
  cluster(): SimulatedCluster;
  /** Closed, and started again on its data and port. */
  restartCluster(): Promise<void>;
  /** The PyTorchJobs that the API server has, read as its administrator. */
  jobs(): Promise<readonly PlatformObject[]>;
  /** Deletes one, as its administrator. */
  deleteJob(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface FaultWorldOptions {
  /** Where the bots find the API server instead of at the cluster itself. */
  throughProxy?: (
    cluster: SimulatedCluster,
  ) => Promise<{ kubeconfigFor(process: string): string; close(): Promise<void> }>;
  /** Default: the queue is in Postgres. */
  redisUrl?: string;
  /** Default: two of each. */
  roles?: readonly Role[];
  /** More of the settings. */
  settings?: (settings: Record<string, unknown>) => void;
  /** Slack delivers by signed HTTP to this port instead of over sockets. */
  slackHttpPort?: number;
  /** More of each process's environment. */
  env?: (name: string) => Readonly<Record<string, string>>;
}

/** Closes what was started, in the opposite order, also when the start fails half-way. */
export async function startFaultWorld(options: FaultWorldOptions = {}): Promise<FaultWorld> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    return await openWorld(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function openWorld(
  options: FaultWorldOptions,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<FaultWorld> {
  const folder = await makeTemporaryFolder("faults");
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startTestPostgres();
  closers.push(() => postgres.close());
  const database = await postgres.createDatabase();
  const { connectionString } = database;
  await putIndexingOff(
    database,
    options.redisUrl === undefined
      ? { kind: "postgres", connectionString }
      : { kind: "redis", url: options.redisUrl },
  );
  const slack = await startSlackPlayground({
    port: 0,
    eventRetryDelaysMs: EVENT_RETRY_DELAYS_MS,
    ...(options.slackHttpPort !== undefined && {
      appHttpUrl: `http://127.0.0.1:${options.slackHttpPort}/slack/events`,
    }),
  });
  closers.push(() => slack.close());
  const startCluster = (port: number) =>
    startSimulatedCluster({ port, dataDir: join(folder, "cluster"), trainingDurationMs: TRAINING_MS });
  let cluster = await startCluster(0);
  closers.push(() => cluster.close());
  const observer = createKubernetesCluster({
    name: "observer",
    simulated: false,
    source: { kubeconfig: cluster.kubeconfig },
  });
  const proxy = await options.throughProxy?.(cluster);
  if (proxy !== undefined) closers.push(() => proxy.close());
  const config = await writeSettings(folder, slack.apiUrl, options);

  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    ...(options.slackHttpPort === undefined
      ? { SLACK_APP_TOKEN: slack.appToken }
      : { SLACK_SIGNING_SECRET: slack.signingSecret }),
    JIBSA_POSTGRES_URL: connectionString,
    ...(options.redisUrl !== undefined && { JIBSA_REDIS_URL: options.redisUrl }),
    JIBSA_LOG_LEVEL: "warn",
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(cacheDir(), "compile"),
  };
  const counts = new Map<Role, number>();
  const processes = (options.roles ?? ["slack", "slack", "worker", "worker"]).map((role) => {
    const number = (counts.get(role) ?? 0) + 1;
    counts.set(role, number);
    const name = `${role}-${number}`;
    const kubeconfig = join(folder, `kubeconfig-${name}`);
    writeFileSync(kubeconfig, proxy?.kubeconfigFor(name) ?? cluster.kubeconfig, { mode: 0o600 });
    return startBotProcess({
      name,
      role,
      dataDir: join(folder, name),
      config,
      env: { ...env, KUBECONFIG: kubeconfig, ...options.env?.(name) },
    });
  });
  closers.push(() => Promise.all(processes.map((process) => process.close())));
  await Promise.all(processes.map((process) => process.ready()));
  return {
    slack: createPlaygroundClient(slack.url),
    processes,
    workers: processes.filter(({ role }) => role === "worker"),
    cluster: () => cluster,
    async restartCluster() {
      const port = Number(new URL(cluster.url).port);
      await cluster.close();
      cluster = await startCluster(port);
    },
    jobs: () => observer.list(JOBS, ADMINISTRATOR),
    async deleteJob(name) {
      await observer.delete({ ...JOBS, name }, ADMINISTRATOR);
    },
    close,
  };
}

interface StageSettings {
  name: string;
  template: {
    metadata?: object;
    spec: {
      runPolicy: { backoffLimit: number };
      pytorchReplicaSpecs: Record<string, { restartPolicy: string }>;
    };
  };
}

/** Policy and stages of the example, with one stage that fails by its nature: what is told of its runs must be that. */
async function writeSettings(folder: string, apiUrl: string, options: FaultWorldOptions): Promise<string> {
  const settings = parse(await readFile(EXAMPLE, "utf8")) as Record<string, unknown>;
  const stages = (settings["stages"] as StageSettings[]).filter(({ name }) => STAGES.includes(name));
  const evaluate = stages.find(({ name }) => name === "evaluate");
  if (evaluate === undefined) throw new Error("the example has no stage evaluate");
  evaluate.template.metadata = { annotations: { "simulation.jibsa.dev/outcome": "fail" } };
  for (const replicas of Object.values(evaluate.template.spec.pytorchReplicaSpecs))
    replicas.restartPolicy = "Never";
  await mkdir(join(folder, "pages"));
  const merged: Record<string, unknown> = {
    policy: settings["policy"],
    stages,
    slack: { apiUrl },
    listen: options.slackHttpPort === undefined ? {} : { slackHttpPort: options.slackHttpPort },
    queue: { backend: options.redisUrl === undefined ? "postgres" : "redis" },
    milvus: { address: NOWHERE },
    model: { provider: "none" },
    knowledge: { sources: [{ name: "pages", folder: join(folder, "pages") }], watch: false },
  };
  options.settings?.(merged);
  const file = join(folder, "jibsa.yaml");
  await writeFile(file, JSON.stringify(merged));
  return file;
}
