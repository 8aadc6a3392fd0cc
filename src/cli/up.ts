import { setFlagsFromString } from "node:v8";
import { readConfig } from "../config.ts";
import { describeConfig } from "./describe-config.ts";
import type { RoleName, Running } from "../compose.ts";
import { createLogger } from "../logger.ts";
import { configOptionsOf } from "./config-options.ts";
import { lockDataDir } from "./lock-data-dir.ts";
import { textOf, UsageError, type CommandArguments } from "./read-arguments.ts";
import { sourcesOf, writeRunning } from "./running-file.ts";
import { createProgress } from "./show-progress.ts";

const ROLES: readonly RoleName[] = ["slack", "worker", "api"];
const STOP_WITHIN_MS = 25_000;

export const upOptions = {
  config: "text",
  "data-dir": "text",
  docs: "text",
  port: "text",
  roles: "text",
  "check-config": "flag",
} as const;
export const upHelp = `Usage: ./jibsa up [options]

Starts Jibsa. Without tokens and settings: a playground on http://127.0.0.1:4000 with everything it needs.

  --config FILE      settings (default: jibsa.yaml, if there is one)
  --data-dir DIR     where everything is kept (default: .jibsa)
  --docs DIR         index this folder of Markdown and text instead of the configured sources
  --port N           the playground's port (default 4000); the api takes N+1, the simulated cluster N+2
  --roles LIST       slack,worker,api: which parts this process runs (default: all)
  --check-config     print the settings in effect, secrets masked, and end`;

export async function up(args: CommandArguments): Promise<number> {
  const config = readConfig(process.env, configOptionsOf(args));
  if (args.values["check-config"] === true) {
    console.log(JSON.stringify(describeConfig(config), undefined, 2));
    return 0;
  }
  const roles = (textOf(args, "roles")?.split(",") ?? ROLES) as RoleName[];
  const wrong = roles.find((role) => !ROLES.includes(role));
  if (wrong !== undefined) throw new UsageError(`--roles ${wrong}: there are ${ROLES.join(", ")}`);
  const stopped = new Promise<NodeJS.Signals>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, done);
  });
  // The old generation is collected when it has grown by a third, where V8 would wait for up to four times of it.
  setFlagsFromString("--heap-growing-percent=33");
  // Without a worker little is allocated: 1 MB of young generation does, where V8 would grow it to 16 MB twice.
  if (!roles.includes("worker")) setFlagsFromString("--semi-space-growth-factor=1");
  const { compose } = await import("../compose.ts");
  const release = lockDataDir(config.dataDir);
  const logger = createLogger(config.logLevel);
  const progress = createProgress();
  let running: Running;
  try {
    running = await compose({ config, roles, logger, onProgress: (text) => progress.show(text) });
    progress.end();
  } catch (error) {
    progress.end();
    release();
    throw error;
  }
  const { postgresUrl, milvusAddress, slack } = running.addresses;
  const { apiUrl, pagesUrl } = running;
  const forget = writeRunning(config.dataDir, {
    pid: process.pid,
    postgresUrl,
    pagesUrl,
    sources: sourcesOf(config),
    ...(milvusAddress !== undefined && { milvusAddress }),
    ...(apiUrl !== undefined && { apiUrl }),
    ...(config.slack.kind === "playground" && {
      slack: { botToken: slack.botToken, ...(slack.apiUrl !== undefined && { apiUrl: slack.apiUrl }) },
    }),
  });
  console.log(`settings: ${config.file ?? "defaults"}`);
  const api = running.apiUrl === undefined ? [] : [{ name: "api", kind: "real", where: running.apiUrl }];
  for (const { name, kind, where } of [...running.pieces, ...api])
    console.log(`  ${name.padEnd(18)} ${kind.padEnd(10)} ${where}`);
  console.log(`ready ${running.url ?? running.apiUrl ?? ""}`);
  const signal = await stopped;
  console.log(`${signal}: stopping`);
  const late = setTimeout(() => {
    logger.error("not everything stopped in time");
    process.exit(1);
  }, STOP_WITHIN_MS);
  forget();
  await running.close();
  clearTimeout(late);
  release();
  return 0;
}
