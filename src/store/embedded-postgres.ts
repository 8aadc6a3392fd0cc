import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { Client } from "pg";
import { keepRunning } from "./keep-running.ts";
import { findAccount, findBinaries, initialiseCluster, startServer } from "./postgres-process.ts";

const isRoot = process.getuid?.() === 0;

export interface EmbeddedPostgresServer {
  connectionString: string;
  close(): Promise<void>;
}

/**
 * A real Postgres server in `dataDir`, on 127.0.0.1. The first start creates the cluster with a password of its own.
 * A server that dies is started again on the same port. A server left over from a parent that was killed is ended first; its data is recovered by Postgres.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  port?: number;
  /** Others than ours, as `name=value`. */
  settings?: readonly string[];
  /** It ended by itself and is started again. */
  onExit?: (restartInMs: number, error?: unknown) => void;
}): Promise<EmbeddedPostgresServer> {
  const dataDir = await reachableDataDir(resolve(options.dataDir));
  await mkdir(dirname(dataDir), { recursive: true });
  if (isRoot) await chmod(dirname(dataDir), 0o711);
  const { initdb, postgres } = await findBinaries();
  const account = await findAccount();
  await endLeftoverServer(dataDir);
  const passwordFile = `${dataDir}.password`;
  try {
    if (!existsSync(join(dataDir, "PG_VERSION"))) {
      await writeFile(passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
      const password = await readFile(passwordFile, "utf8");
      await initialiseCluster({ initdb, dataDir, password, account });
    }
    const password = await readFile(passwordFile, "utf8");
    const port = options.port ?? (await freePort());
    const server = await keepRunning(
      () => startServer({ postgres, dataDir, port, account, settings: options.settings ?? [] }),
      options.onExit ?? (() => {}),
    );
    const addressOf = (database: string) => `postgres://jibsa:${password}@127.0.0.1:${port}/${database}`;
    await createDatabaseOnce(addressOf("postgres")).catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    return { connectionString: addressOf("jibsa"), close: () => server.stop() };
  } catch (error) {
    throw new Error(
      `Postgres did not start in ${dataDir}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/**
 * Started by root, the server runs as the user "postgres", who must be able to walk to its folder. Below a private
 * folder such as /root it cannot, so the cluster then lies in /var/lib/jibsa under a name made from the wanted path.
 */
async function reachableDataDir(wanted: string): Promise<string> {
  if (!isRoot) return wanted;
  for (let folder = dirname(dirname(wanted)); folder !== "/"; folder = dirname(folder)) {
    const mode = await stat(folder).then(
      (stats) => stats.mode,
      () => 0o711,
    );
    if ((mode & 0o001) === 0) {
      const name = createHash("sha256").update(wanted).digest("hex").slice(0, 16);
      return join("/var/lib/jibsa", name, "postgres");
    }
  }
  return wanted;
}

async function createDatabaseOnce(connectionString: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'jibsa'");
    if (rowCount === 0) await client.query("create database jibsa");
  } finally {
    await client.end();
  }
}

/** Reads the pid file: a live server of this folder gets SIGINT (fast shutdown), a stale file is removed. */
async function endLeftoverServer(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const pid = Number((await readFile(pidFile, "utf8")).split("\n")[0]);
  if (Number.isInteger(pid) && pid > 1 && (await isPostgresOf(pid, dataDir))) {
    process.kill(pid, "SIGINT");
    const deadlineMs = Date.now() + 15_000;
    while (existsSync(pidFile) && Date.now() < deadlineMs) await new Promise((done) => setTimeout(done, 50));
    if (existsSync(pidFile))
      throw new Error(`a Postgres server (pid ${pid}) still uses ${dataDir}: end it and try again`);
    return;
  }
  await unlink(pidFile);
}

/** The pid may have been given to another program since. */
async function isPostgresOf(pid: number, dataDir: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.includes("postgres") && command.includes(dataDir);
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === "object"
          ? done(address.port)
          : failed(new Error("no free port")),
      );
    });
  });
}
