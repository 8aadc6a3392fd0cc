import { spawn, type ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { environmentFolder, preparePython, type OnProgress } from "./milvus-lite-environment.ts";
import { MilvusLiteError } from "./milvus-lite-error.ts";

const LAUNCHER = fileURLToPath(new URL("milvus-lite-server.py", import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 8_000;
const LOCKED_EXIT_CODE = 97;
const BUSY_PORT_EXIT_CODE = 98;
/** A killed parent's server notices within half a second and then finishes what it is doing; until then it holds the folder. */
const LOCK_TIMEOUT_MS = 7_000;

export interface MilvusLiteServer {
  /** "127.0.0.1:<port>"; stays the same when the server is restarted, unless the port was taken meanwhile. */
  readonly address: string;
  /** Undefined while it is being restarted. */
  readonly pid: number | undefined;
  close(): Promise<void>;
}

/**
 * Milvus Lite as a child process that serves `dataDir` on a free port of 127.0.0.1. The first start builds its Python
 * environment. A server that dies is told to `onExit` and started again, at first after 0.25 s, at most every 10 s.
 * @throws MilvusLiteError
 */
export async function startMilvusLite(options: {
  dataDir: string;
  /** Of the Python environment; default: below `cacheDir`, else beside `dataDir`. */
  venvDir?: string;
  /** Shared by several data folders. */
  cacheDir?: string | undefined;
  onProgress?: OnProgress;
  onExit?: (exit: {
    code: number | null;
    signal: string | null;
    lastOutput: string;
    restartInMs: number;
  }) => void;
}): Promise<MilvusLiteServer> {
  const dataDir = resolve(options.dataDir);
  const onProgress = options.onProgress ?? (() => {});
  const folder = resolve(options.venvDir ?? environmentFolder({ dataDir, cacheDir: options.cacheDir }));
  const python = await preparePython({ folder, onProgress });
  await mkdir(dataDir, { recursive: true });
  onProgress({ step: "server", detail: "Starting Milvus Lite" });
  let running = await launch(python, dataDir, 0);
  const closing = new AbortController();
  let restart: Promise<void> | undefined;
  let { port } = running;

  const supervise = (launched: Launched): void => {
    const startedMs = Date.now();
    void launched.exited.then((exit) => {
      if (!closing.signal.aborted)
        restart = keepRestarting(exit, Date.now() - startedMs > 30_000 ? 250 : 1_000);
    });
  };
  const keepRestarting = async (exit: Exit, firstDelayMs: number): Promise<void> => {
    let last = exit;
    for (let delayMs = firstDelayMs; !closing.signal.aborted; delayMs = Math.min(delayMs * 2, 10_000)) {
      options.onExit?.({ ...last, restartInMs: delayMs });
      // Rejects when closed meanwhile.
      await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (closing.signal.aborted) return;
      try {
        running = await launch(python, dataDir, port);
        port = running.port;
        return supervise(running);
      } catch (error) {
        last = { code: null, signal: null, lastOutput: String(error) };
      }
    }
  };
  supervise(running);
  onProgress({ step: "ready", detail: `Milvus Lite answers on 127.0.0.1:${port}` });

  return {
    get address() {
      return `127.0.0.1:${port}`;
    },
    get pid() {
      return running.child.exitCode === null && running.child.signalCode === null
        ? running.child.pid
        : undefined;
    },
    async close() {
      closing.abort();
      await restart;
      await stop(running);
    },
  };
}

interface Exit {
  code: number | null;
  signal: string | null;
  lastOutput: string;
}
interface Launched {
  child: ChildProcess;
  port: number;
  exited: Promise<Exit>;
}

/** Starts it once; waits while a dying server still holds the folder, and takes another port where `port` is taken. */
async function launch(python: string, dataDir: string, port: number): Promise<Launched> {
  let wanted = port;
  const deadlineMs = Date.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    const outcome = await tryLaunch(python, dataDir, wanted);
    if ("child" in outcome) return outcome;
    if (outcome.code === LOCKED_EXIT_CODE && Date.now() < deadlineMs) await sleep(250);
    else if (outcome.code === BUSY_PORT_EXIT_CODE && wanted !== 0) wanted = 0;
    else if (outcome.code === LOCKED_EXIT_CODE)
      throw new MilvusLiteError("data-locked", `Another process uses ${dataDir}`);
    else
      throw new MilvusLiteError(
        "start-failed",
        `Milvus Lite did not start (${outcome.signal ?? `exit code ${outcome.code}`}): ${outcome.lastOutput}`,
      );
  }
}

function tryLaunch(python: string, dataDir: string, port: number): Promise<Launched | Exit> {
  const child = spawn(python, ["-I", LAUNCHER, dataDir, String(port), String(process.pid)], {
    // In a process group of its own: Ctrl-C reaches only us, and we end it when nothing needs it any more.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: serverEnvironment(),
  });
  const output: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    output.push(line);
    if (output.length > 20) output.shift();
  });
  const exited = new Promise<Exit>((done) => {
    child.once("error", (error) => done({ code: null, signal: null, lastOutput: error.message }));
    child.once("close", (code, signal) => done({ code, signal, lastOutput: output.slice(-3).join(" ") }));
  });
  return new Promise((done) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const ready = /^READY (\d+)$/.exec(line);
      if (ready === null) return;
      clearTimeout(timer);
      done({ child, port: Number(ready[1]), exited });
    });
    void exited.then((exit) => {
      clearTimeout(timer);
      done(exit);
    });
  });
}

/** Not our tokens and passwords: only what Python needs, and Milvus Lite's own limits. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const isPassed = (name: string): boolean =>
    ["PATH", "HOME", "LANG", "TZ", "TMPDIR"].includes(name) || name.startsWith("MILVUS_LITE_");
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isPassed(name)));
}

async function stop(launched: Launched): Promise<void> {
  const timer = setTimeout(() => launched.child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  launched.child.kill("SIGTERM");
  await launched.exited;
  clearTimeout(timer);
}
