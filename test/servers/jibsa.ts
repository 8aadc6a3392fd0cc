import { spawn, type ChildProcess } from "node:child_process";
import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPlaygroundClient, type PlaygroundClient } from "./playground-client.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const START_TIMEOUT_MS = 120_000;

export interface JibsaOptions {
  /** Kept by the caller; default: a temporary folder that `close` removes. */
  dataDir?: string;
  /** More words of the command line, e.g. ["--docs", folder]. */
  args?: readonly string[];
  /** On top of a clean environment: no tokens, no kubeconfig, the shared Python environment. */
  env?: Readonly<Record<string, string>>;
}

export interface Jibsa {
  dataDir: string;
  /** The playground, or the api where none runs. */
  url: string;
  apiUrl: string;
  playground: PlaygroundClient;
  process: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** Resolves with the exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** SIGTERM and its end. */
  stop(): Promise<number | NodeJS.Signals>;
  /** SIGKILL of the process alone, as an out-of-memory killer does it. */
  kill(): Promise<void>;
  /** Stops what still runs and removes the temporary folder. */
  close(): Promise<void>;
}

/** The shared cache of this machine: Milvus Lite's Python environment is built once. */
export const cacheDir = (): string => process.env["JIBSA_CACHE_DIR"] ?? join(homedir(), ".cache", "jibsa");

/** The environment a child gets: nothing of ours that would make a piece real. */
export function cleanEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "NODE_COMPILE_CACHE"];
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    JIBSA_CACHE_DIR: cacheDir(),
    ...more,
  };
}

/** As the launcher gives them to `up`. */
const FLAGS = ["--max-semi-space-size=4"];
const MALLOC = { MALLOC_ARENA_MAX: "2" };

/** `jibsa up` as a process of its own, on free ports; resolves when it says that it is ready. */
export async function startJibsa(options: JibsaOptions = {}): Promise<Jibsa> {
  const temporary = options.dataDir === undefined ? await makeTemporaryFolder("up") : undefined;
  const dataDir = options.dataDir ?? join(temporary ?? "", "data");
  const child = spawn(
    process.execPath,
    [...FLAGS, MAIN, "up", "--data-dir", dataDir, "--port", "0", ...(options.args ?? [])],
    { env: cleanEnvironment({ ...MALLOC, ...options.env }), stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  const ended = new Promise<number | NodeJS.Signals>((done) =>
    child.once("exit", (code, signal) => done(code ?? signal ?? 1)),
  );
  const ready = new Promise<void>((done, failed) => {
    const timer = setTimeout(
      () => failed(new Error(`not ready within ${START_TIMEOUT_MS} ms:\n${output}`)),
      START_TIMEOUT_MS,
    );
    const onText = (text: string) => {
      output += text;
      if (/^ready /m.test(output)) {
        clearTimeout(timer);
        done();
      }
    };
    child.stdout.setEncoding("utf8").on("data", onText);
    child.stderr.setEncoding("utf8").on("data", onText);
    void ended.then((how) => {
      clearTimeout(timer);
      failed(new Error(`it ended (${how}) before it was ready:\n${output}`));
    });
  });
  const signal = async (name: NodeJS.Signals): Promise<number | NodeJS.Signals> => {
    child.kill(name);
    return ended;
  };
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await signal("SIGTERM");
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  try {
    await ready;
  } catch (error) {
    child.kill("SIGKILL");
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  const url = /^ready (\S+)$/m.exec(output)?.[1] ?? "";
  return {
    dataDir,
    url,
    apiUrl: /^ {2}api\s+\S+\s+(\S+)/m.exec(output)?.[1] ?? "",
    playground: createPlaygroundClient(url),
    process: child,
    output: () => output,
    ended,
    stop: () => signal("SIGTERM"),
    kill: async () => void (await signal("SIGKILL")),
    close,
  };
}
