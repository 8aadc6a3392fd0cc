import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "#test/servers/jibsa.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";

/** Tune and Optuna for the sweep that deploy/training/ray/ holds. */
const PACKAGES = ["ray[default,tune]==2.60.0", "optuna==4.6.0"];
const LAUNCHER = join(import.meta.dirname, "ray-in-its-own-network.py");
const TOKEN = "a-token-for-tests-0123456789abcdef";
const run = promisify(execFile);

export interface RayServer {
  /** http://127.0.0.1:port of the dashboard. */
  url: string;
  token: string;
  /** The Python that it runs with. */
  python: string;
  /** For files that jobs read and write. */
  folder: string;
  /** Passes the next submission on and breaks its answer off. */
  loseNextSubmission(): void;
  /** A call on the dashboard as Ray's own clients make it. */
  call(method: string, path: string): Promise<{ code: number; text: string }>;
  close(): Promise<void>;
}

/** A real Ray with its dashboard and token authentication. Its environment is made once for each machine (1 to 2 minutes). */
export async function startRay(): Promise<RayServer> {
  const environment = await prepareEnvironment();
  const python = join(environment, "bin/python");
  const folder = await makeTemporaryFolder("ray");
  const socket = join(folder, "dashboard.sock");
  const output: string[] = [];
  const child = spawn(
    // It dies with us, also by kill -9.
    "setpriv",
    [
      "--pdeathsig KILL -- unshare",
      ...(process.getuid?.() === 0 ? [] : ["--map-root-user"]),
      "--net --pid --fork --mount-proc --kill-child",
      `${python} ${LAUNCHER} ${socket} ${join(environment, "bin/ray")} start --head --block`,
      "--include-dashboard=true --dashboard-host=127.0.0.1 --dashboard-port=8265",
      "--num-cpus=2 --port=6399 --object-store-memory=100000000 --disable-usage-stats",
      `--temp-dir=${join(folder, "r")}`,
    ].flatMap((words) => words.split(" ")),
    {
      env: {
        PATH: `${join(environment, "bin")}:${process.env["PATH"]}`,
        HOME: folder,
        RAY_AUTH_MODE: "token",
        RAY_AUTH_TOKEN: TOKEN,
        RAY_USAGE_STATS_ENABLED: "0",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => output.push(data.toString()));
  const relay = await startRelay(socket);
  const call = (method: string, path: string) => callDashboard(relay.url, method, path);
  const close = async (): Promise<void> => {
    await relay.close();
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil(
      "Ray's dashboard",
      async () => {
        if (child.exitCode !== null) throw new Error(`Ray ended: ${output.join("").slice(-2_000)}`);
        return (await call("GET", "/api/jobs/").catch(() => undefined))?.code === 200;
      },
      120_000,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return { url: relay.url, token: TOKEN, python, folder, loseNextSubmission: relay.loseNext, call, close };
}

async function prepareEnvironment(): Promise<string> {
  const folder = join(cacheDir(), "ray-2.60.0");
  const complete = join(folder, "complete");
  if (existsSync(complete)) return folder;
  await mkdir(cacheDir(), { recursive: true });
  await run("python3", ["-m", "venv", "--clear", folder]);
  await run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", ...PACKAGES]);
  await writeFile(complete, "");
  return folder;
}

/** A port of 127.0.0.1 for the socket that leads into Ray's own network. */
async function startRelay(socketPath: string) {
  let isLosing = false;
  const server: Server = createServer((outside) => {
    const inside = connect(socketPath);
    let isPiped = false;
    const breakOff = (): void => {
      outside.destroy();
      inside.destroy();
    };
    outside.on("error", breakOff).on("close", breakOff);
    inside.on("error", breakOff).on("close", breakOff);
    outside.on("data", (data) => {
      if (isLosing && data.toString("latin1").startsWith("POST /api/jobs/ ")) {
        isLosing = false;
        // The connection may have carried earlier answers.
        inside.unpipe(outside).once("data", breakOff);
      } else if (!isPiped) {
        isPiped = true;
        inside.pipe(outside);
      }
      inside.write(data);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    loseNext(): void {
      isLosing = true;
    },
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}

function callDashboard(base: string, method: string, path: string): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const sent = request(
      new URL(path, base),
      { method, headers, agent: false, timeout: 10_000 },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (data: string) => (text += data));
        response.on("end", () => resolve({ code: response.statusCode ?? 0, text }));
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("no answer"))).on("error", reject);
    sent.end();
  });
}

/** With it all of Ray ends: it has a process namespace of its own. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
