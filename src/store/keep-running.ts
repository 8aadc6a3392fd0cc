import { setTimeout as sleep } from "node:timers/promises";

export interface ServerProcess {
  /** Resolves when it has ended, for whatever reason. */
  exited: Promise<void>;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 10_000;

/** Starts a server, and again whenever it ends without having been stopped; `onExit` is told, with why a try before failed. Throws when it does not start the first time. */
export async function keepRunning(
  start: () => Promise<ServerProcess>,
  onExit: (restartInMs: number, error?: unknown) => void,
): Promise<{ stop(): Promise<void> }> {
  const closing = new AbortController();
  let server = await start();
  let restarting: Promise<void> | undefined;

  async function restart(): Promise<void> {
    let failure: unknown;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
      onExit(pauseMs, failure);
      // Rejects when stopped meanwhile.
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (closing.signal.aborted) return;
      try {
        server = await start();
        return watch();
      } catch (error) {
        // What the old server left may still be in use.
        failure = error;
      }
    }
  }
  function watch(): void {
    void server.exited.then(() => {
      if (!closing.signal.aborted) restarting = restart();
    });
  }
  watch();
  return {
    async stop() {
      closing.abort();
      await restarting;
      await server.stop();
    },
  };
}
