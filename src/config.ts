import { pipelineProblems } from "./config/pipeline-schema.ts";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { parse, YAMLParseError } from "yaml";
import type { z } from "zod";
import type { Stage } from "./actions/ports.ts";
import type { SlackTransport } from "./bot/create-slack-edge.ts";
import { checkStageSafety } from "./config/check-stage-safety.ts";
import { checkStages } from "./config/check-stages.ts";
import { readSearchTokens } from "./config/embedder-schema.ts";
import { readModelTokens } from "./config/model-schema.ts";
import { readClusterTokens, readMetricsTokens, readSourceTokens } from "./config/read-cluster-tokens.ts";
import { DEFAULT_CLUSTER, readClusters, type ConfiguredCluster } from "./config/read-clusters.ts";
import { sourceProblems } from "./config/check-sources.ts";
import { environmentSchema, fileSchema, type Environment, type FileConfig } from "./config/config-schema.ts";

/** Everything that is set, read once. Slices of it are passed down; nobody else reads files or the environment. */
export interface Config extends Omit<FileConfig, "slack" | "stages" | "clusters"> {
  /** Which file it came from; undefined: defaults alone. */
  file: string | undefined;
  /** "playground": no tokens are set. */
  slack:
    | { kind: "playground" }
    | { kind: "real"; botToken: string; apiUrl?: string; transport: SlackTransport };
  clusters: readonly ConfiguredCluster[];
  stages: readonly Stage[];
  postgresUrl: string | undefined;
  redisUrl: string | undefined;
  modelApiKey: string | undefined;
  /** Keys of `models`, by name. */
  modelTokens: Readonly<Record<string, string>>;
  argoToken: string | undefined;
  /** Of Ray's dashboards, by cluster. */
  rayTokens: Readonly<Record<string, string>>;
  /** Of Kubeflow Pipelines, by cluster. */
  pipelinesTokens: Readonly<Record<string, string>>;
  metricsTokens: ReturnType<typeof readMetricsTokens>;
  searchTokens: ReturnType<typeof readSearchTokens>;
  /** Of document sources, by name. */
  sourceTokens: Readonly<Record<string, string>>;
  /** Of Milvus Lite's Python environment; undefined: the data folder. */
  cacheDir: string | undefined;
  logLevel: Environment["JIBSA_LOG_LEVEL"];
}

export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly { path: string; message: string }[];
  constructor(problems: readonly { path: string; message: string }[]) {
    super(
      `the configuration has ${problems.length} problem${problems.length === 1 ? "" : "s"}:\n${problems.map(({ path, message }) => `  ${path}: ${message}`).join("\n")}`,
    );
    this.problems = problems;
  }
}

export interface ConfigOptions {
  /** --config; default jibsa.yaml in the current folder, if it exists. */
  file?: string;
  dataDir?: string;
  /** --docs: replaces the configured sources. */
  docs?: string;
  /** Ports of --port and the tests; they win over the file. */
  listen?: Partial<FileConfig["listen"]>;
}

const PROJECT = new URL("..", import.meta.url).pathname;

/**
 * jibsa.yaml and the environment. Without a file and without tokens, the example's stages and people are taken, so that
 * the playground has something to play with. Throws ConfigError with all problems together.
 */
export function readConfig(env: NodeJS.ProcessEnv, options: ConfigOptions = {}): Config {
  const problems: { path: string; message: string }[] = [];
  const settings = readEnvironment(env, problems);
  const wanted = options.file ?? (existsSync("jibsa.yaml") ? "jibsa.yaml" : undefined);
  const playground = settings?.SLACK_BOT_TOKEN === undefined;
  const file = wanted ?? (playground ? resolve(PROJECT, "jibsa.example.yaml") : undefined);
  const parsed = readFile(file, problems);
  if (settings === undefined || parsed === undefined || problems.length > 0) throw new ConfigError(problems);
  const slack = readSlack(settings, parsed, problems);
  const clusters = readClusters(settings, parsed);
  const firstCluster = clusters[0]?.name ?? DEFAULT_CLUSTER;
  const stages = parsed.stages.map((stage) => ({
    ...stage,
    cluster: stage.cluster ?? firstCluster,
  })) as Stage[];
  checkStages(stages, clusters, problems);
  problems.push(...pipelineProblems(parsed.pipelines, stages));
  checkStageSafety(stages, parsed.safety, problems);
  const { rayTokens, pipelinesTokens } = readClusterTokens(clusters, env, problems);
  const modelTokens = readModelTokens(parsed, env, problems);
  const metricsTokens = readMetricsTokens(parsed, env, problems);
  const searchTokens = readSearchTokens(parsed, env, problems);
  const sourceTokens = readSourceTokens(parsed, env, problems);
  problems.push(...sourceProblems(parsed.knowledge, parsed.policy.roles));
  if (parsed.queue.backend === "redis" && settings.JIBSA_REDIS_URL === undefined)
    problems.push({ path: "queue.backend", message: "redis needs JIBSA_REDIS_URL in the environment" });
  if (
    parsed.model.provider === "openai" &&
    (parsed.model.url === undefined || parsed.model.name === undefined)
  )
    problems.push({ path: "model", message: 'provider "openai" needs url and name' });
  if (parsed.model.provider === "ollama" && parsed.model.name === undefined)
    problems.push({
      path: "model.name",
      message: 'provider "ollama" needs the name of a model; "auto" finds one',
    });
  if (problems.length > 0 || slack === undefined) throw new ConfigError(problems);
  const sources: FileConfig["knowledge"]["sources"] =
    options.docs !== undefined
      ? [{ name: "docs", folder: options.docs }]
      : parsed.knowledge.sources.length > 0
        ? parsed.knowledge.sources
        : ["en", "ko"].map((name) => ({ name, folder: resolve(PROJECT, "docs", name) }));
  return {
    ...parsed,
    file,
    slack,
    clusters,
    stages,
    dataDir: resolve(options.dataDir ?? parsed.dataDir),
    listen: { ...parsed.listen, ...options.listen },
    knowledge: {
      ...parsed.knowledge,
      sources: sources.map((source) =>
        source.folder === undefined ? source : { ...source, folder: resolve(source.folder) },
      ),
    },
    postgresUrl: settings.JIBSA_POSTGRES_URL,
    redisUrl: settings.JIBSA_REDIS_URL,
    modelApiKey: settings.JIBSA_MODEL_API_KEY,
    modelTokens,
    argoToken: settings.JIBSA_ARGO_TOKEN,
    rayTokens,
    pipelinesTokens,
    metricsTokens,
    searchTokens,
    sourceTokens,
    cacheDir: settings.JIBSA_CACHE_DIR,
    logLevel: settings.JIBSA_LOG_LEVEL,
  };
}

type Problems = { path: string; message: string }[];

function readEnvironment(env: NodeJS.ProcessEnv, problems: Problems): Environment | undefined {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  // Only the name and the rule: the value may be a secret.
  problems.push(
    ...parsed.error.issues.map((issue) => ({
      path: `environment ${issue.path.join(".")}`,
      message: issue.message,
    })),
  );
  return undefined;
}

function readFile(file: string | undefined, problems: Problems): FileConfig | undefined {
  let content: unknown = {};
  if (file !== undefined) {
    try {
      content = parse(readFileSync(file, "utf8"), { maxAliasCount: 100 }) ?? {};
    } catch (error) {
      const message =
        error instanceof YAMLParseError || error instanceof Error ? error.message : String(error);
      problems.push({ path: file, message });
      return undefined;
    }
  }
  const parsed = fileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  problems.push(
    ...parsed.error.issues.map((issue) => ({ path: pathText(issue), message: adviceFor(issue) })),
  );
  return undefined;
}

function pathText(issue: z.core.$ZodIssue): string {
  const text = issue.path.reduce<string>(
    (path, part) =>
      typeof part === "number" ? `${path}[${part}]` : path === "" ? String(part) : `${path}.${String(part)}`,
    "",
  );
  return text === "" ? "(top level)" : text;
}

function adviceFor(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys")
    return `unknown field ${issue.keys.map((key) => `"${key}"`).join(", ")}: remove it or correct its name`;
  return issue.message;
}

function readSlack(env: Environment, file: FileConfig, problems: Problems): Config["slack"] | undefined {
  if (env.SLACK_BOT_TOKEN === undefined) {
    if (env.SLACK_APP_TOKEN !== undefined || env.SLACK_SIGNING_SECRET !== undefined) {
      problems.push({
        path: "environment SLACK_BOT_TOKEN",
        message: "is missing, although another Slack secret is set",
      });
      return undefined;
    }
    return { kind: "playground" };
  }
  const common = {
    kind: "real" as const,
    botToken: env.SLACK_BOT_TOKEN,
    ...(file.slack.apiUrl !== undefined && { apiUrl: file.slack.apiUrl }),
  };
  if (env.SLACK_APP_TOKEN !== undefined)
    return { ...common, transport: { kind: "socket", appToken: env.SLACK_APP_TOKEN } };
  if (env.SLACK_SIGNING_SECRET !== undefined)
    return {
      ...common,
      transport: {
        kind: "http",
        signingSecret: env.SLACK_SIGNING_SECRET,
        host: file.listen.host,
        port: file.listen.slackHttpPort,
      },
    };
  problems.push({
    path: "environment SLACK_APP_TOKEN",
    message: "set it for Socket Mode, or SLACK_SIGNING_SECRET for HTTP",
  });
  return undefined;
}

/** Where people reach the api port: as configured, else where it listens. */
export function publicApiUrl(config: Pick<Config, "listen">, port = config.listen.apiPort): string {
  const { apiUrl, host } = config.listen;
  // "Every address" is no address that a browser could open.
  const name = host === "0.0.0.0" || host === "::" ? hostname() : host;
  return (apiUrl ?? `http://${name}:${port}`).replace(/\/$/, "");
}
