import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";

export interface RunningProcess {
  name: string;
  pid: number;
  /** Throws with the end of its log when it has ended by itself. */
  assertAlive(): void;
  /** At once: nothing that these servers hold is kept. */
  kill(): void;
  /** The same, until it is gone. */
  end(): Promise<void>;
}

/**
 * A server of its own process group, so that Ctrl-C reaches only us and we end them in order. The kernel ends it when we die
 * without a word (kill -9 included). Everything it says goes to its log.
 */
export function startProcess(options: {
  name: string;
  command: string;
  args: readonly string[];
  environment?: Readonly<Record<string, string>>;
  logFile: string;
  /** Its /tmp is this folder: for a server that insists on a path there. */
  temporaryFolder?: string;
}): RunningProcess {
  const log = openSync(options.logFile, "a");
  const dyingWithUs = ["setpriv", "--pdeathsig", "KILL", "--", options.command, ...options.args];
  const [command = "", ...args] =
    options.temporaryFolder === undefined
      ? dyingWithUs
      : [...withOwnTmp(options.temporaryFolder), ...dyingWithUs];
  const child = spawn(command, args, {
    detached: true,
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...options.environment },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  let ended: string | undefined;
  const exited = new Promise<void>((done) => {
    child.once("error", (error) => {
      ended = error.message;
      done();
    });
    child.once("exit", (code, signal) => {
      ended = signal ?? `exit code ${String(code)}`;
      done();
    });
  });
  return {
    name: options.name,
    pid: child.pid ?? 0,
    assertAlive() {
      if (ended === undefined) return;
      throw new Error(`${options.name} ended by itself (${ended}): ${lastLines(options.logFile)}`);
    },
    kill() {
      child.kill("SIGKILL");
    },
    async end() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** A mount namespace of its own in which `folder` lies over /tmp; whoever is not root gets a user namespace as well. */
function withOwnTmp(folder: string): string[] {
  const mayMount = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const bind = 'mount --bind "$1" /tmp && shift && exec "$@"';
  return ["unshare", "--mount", ...mayMount, "sh", "-c", bind, "sh", folder];
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(-5).join(" | ") : "";
}
