import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { waitUntil } from "#test/wait-until.ts";

export interface BotOptions {
  /** Where the process that comes after so many deaths kills itself, once it is armed: "CP1" … "CP9". */
  crashAt?: (deaths: number) => string;
  /** How often it dies for each time it is armed; default 1. */
  crashTimes?: number;
  /** More of the environment. */
  env?: Readonly<Record<string, string>>;
}

/** `jibsa up` as a process of its own under a supervisor that starts it again as soon as it dies. */
export interface SupervisedBot {
  /** Lets the process die at its crash point. Resolves at once. */
  arm(): void;
  disarm(): void;
  /** Rejects when the process ends by itself; never resolves. */
  failed: Promise<never>;
  /** Starts that ended by SIGKILL so far. */
  deaths(): number;
  /** Waits for a death, and for the process that comes after it. */
  diedAndCameBack(deaths: number): Promise<void>;
  /** The process that runs now. */
  current(): Jibsa;
  /** SIGTERM; the supervisor lets it be. Resolves with how it ended. */
  stop(): Promise<number | NodeJS.Signals>;
  /** Everything all its processes printed. */
  output(): string;
  close(): Promise<void>;
}

export async function startBot(
  options: { dataDir: string; config: string; env: Readonly<Record<string, string>> } & BotOptions,
): Promise<SupervisedBot> {
  mkdirSync(options.dataDir, { recursive: true });
  const ledger = join(options.dataDir, "deaths");
  const crashTimes = options.crashTimes ?? 1;
  // One letter is one death, and it is full until it is armed.
  const disarm = () => writeFileSync(ledger, "x".repeat(crashTimes));
  disarm();
  let deaths = 0;
  const startOnce = () =>
    startJibsa({
      dataDir: options.dataDir,
      args: ["--config", options.config, "--roles", "slack,worker"],
      env: {
        ...options.env,
        ...(options.crashAt !== undefined && {
          JIBSA_CRASH_AT: options.crashAt(deaths),
          JIBSA_CRASH_LEDGER: ledger,
          JIBSA_CRASH_TIMES: String(crashTimes),
        }),
      },
    });
  const start = async (): Promise<Jibsa> => {
    for (;;) {
      try {
        return await startOnce();
      } catch (error) {
        // What it recovers may kill it before it says that it is ready.
        if (!(error instanceof Error && error.message.includes("(SIGKILL)"))) throw error;
        deaths += 1;
      }
    }
  };
  let running = await start();
  let isUp = true;
  let printed = "";
  let stopping = false;

  const supervising = (async () => {
    for (;;) {
      const how = await running.ended;
      printed += running.output();
      isUp = false;
      if (stopping) return;
      if (how !== "SIGKILL") throw new Error(`the bot ended by itself (${how}):\n${printed.slice(-3_000)}`);
      deaths += 1;
      running = await start();
      isUp = true;
      if (stopping) {
        await running.stop();
        return;
      }
    }
  })();
  const failed = new Promise<never>((_, reject) => void supervising.catch(reject));
  failed.catch(() => undefined);

  const stop = async (): Promise<number | NodeJS.Signals> => {
    stopping = true;
    if (isUp) await running.stop();
    // One that was being started is ended by its supervisor.
    await supervising.catch(() => undefined);
    return running.ended;
  };
  return {
    failed,
    arm: () => writeFileSync(ledger, ""),
    disarm,
    deaths: () => deaths,
    async diedAndCameBack(expected) {
      await waitUntil(`death ${expected}`, () => deaths >= expected && isUp, 60_000);
    },
    current: () => running,
    stop,
    output: () => printed + running.output(),
    async close() {
      await stop();
      rmSync(options.dataDir, { recursive: true, force: true });
    },
  };
}
