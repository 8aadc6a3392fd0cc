import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "#test/servers/jibsa.ts";
import { waitUntil } from "#test/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const KEPT_OUTPUT_CHARACTERS = 20_000;
const START_TIMEOUT_MS = 60_000;

export type Role = "slack" | "worker";

/** One `jibsa up --roles …` under a supervisor that starts it again at once, whenever it was killed, also while it starts. */
export interface BotProcess {
  name: string;
  role: Role;
  /** Resolves once the process that runs now says that it is ready. */
  ready(): Promise<void>;
  isReady(): boolean;
  /** SIGKILL to whatever runs now. False when nothing does, which is for a moment only. */
  kill(): boolean;
  /** SIGSTOP. False when nothing runs. */
  freeze(): boolean;
  /** SIGCONT. */
  resume(): void;
  /** Stopped by SIGSTOP, its own included. */
  isFrozen(): boolean;
  /** Starts that ended by SIGKILL. */
  deaths(): number;
  /** Ends nobody asked for, with the last lines. Nobody may see one. */
  unasked(): readonly string[];
  /** SIGTERM and a start with more in its environment than the first one's. */
  restart(env: Readonly<Record<string, string>>): Promise<void>;
  /** For whoever has to find out why; no oracle reads it. */
  output(): string;
  close(): Promise<void>;
}

export function startBotProcess(options: {
  name: string;
  role: Role;
  dataDir: string;
  config: string;
  env: Readonly<Record<string, string>>;
}): BotProcess {
  const { name, role } = options;
  let child: ChildProcess;
  let env = options.env;
  let alive = false;
  let isReady = false;
  let leaving: "stopping" | "restarting" | undefined;
  let deaths = 0;
  let output = "";
  const unasked: string[] = [];

  const start = (): void => {
    // What is killed with the tests leaves no bot behind.
    child = spawn(
      "setpriv",
      [
        "--pdeathsig",
        "KILL",
        "--",
        process.execPath,
        MAIN,
        "up",
        "--roles",
        role,
        "--config",
        options.config,
        "--data-dir",
        options.dataDir,
        "--port",
        "0",
      ],
      { env: cleanEnvironment(env), stdio: ["ignore", "pipe", "pipe"] },
    );
    alive = true;
    isReady = false;
    const hear = (text: string): void => {
      output = (output + text).slice(-KEPT_OUTPUT_CHARACTERS);
      if (/^ready /m.test(text)) isReady = true;
    };
    child.stdout?.setEncoding("utf8").on("data", hear);
    child.stderr?.setEncoding("utf8").on("data", hear);
    child.once("exit", (code, signal) => {
      alive = false;
      isReady = false;
      if (leaving !== undefined) return;
      if (signal === "SIGKILL") deaths += 1;
      else unasked.push(`${name} ended by itself (${code ?? signal}):\n${output.slice(-1_500)}`);
      // What cannot start is one wrong and not a hundred.
      if (unasked.length < 3) start();
    });
  };
  const terminate = async (): Promise<void> => {
    // A frozen process hears nothing else.
    child.kill("SIGCONT");
    child.kill("SIGTERM");
    await waitUntil(`the end of ${name}`, () => !alive, 30_000).catch(() => child.kill("SIGKILL"));
    await waitUntil(`the end of ${name}`, () => !alive, 5_000);
  };
  const ready = async (): Promise<void> => {
    await waitUntil(
      `${name} to be ready`,
      () => {
        const [why] = unasked;
        if (why !== undefined) throw new Error(why);
        return isReady;
      },
      START_TIMEOUT_MS,
      50,
    );
  };

  start();
  return {
    name,
    role,
    ready,
    isReady: () => isReady,
    kill: () => alive && child.kill("SIGKILL"),
    freeze: () => alive && child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    isFrozen: () => alive && stateOf(child.pid ?? 0) === "T",
    deaths: () => deaths,
    unasked: () => unasked,
    async restart(more) {
      leaving = "restarting";
      await terminate();
      env = { ...options.env, ...more };
      leaving = undefined;
      start();
      await ready();
    },
    output: () => output,
    async close() {
      leaving = "stopping";
      if (alive) await terminate();
    },
  };
}

/** One letter, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; undefined when the process has gone. */
function stateOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0];
  } catch {
    return undefined;
  }
}
