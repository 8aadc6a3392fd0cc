import type { Logger } from "pino";
import { setTimeout as sleep } from "node:timers/promises";
import type { Vectors } from "./create-vectors.ts";

const AGAIN_AFTER_MS = 10_000;

export interface VectorKeeper {
  /** Something may wait for its vector now. */
  wake(): void;
  /** Ends when nothing waits, or when it cannot go on for now. */
  settle(signal?: AbortSignal): Promise<{ isComplete: boolean }>;
  close(): Promise<void>;
}

/**
 * Fills in vectors beside everything else, one round at a time: what was written without is embedded when the embedder has
 * time for it, or is back. Where it turns out to have another space, the documents are synced again for an index of that.
 */
export function createVectorKeeper(deps: {
  vectors: Vectors;
  sources: readonly string[];
  /** The generation that a source was last synced for by this process; undefined: others sync it. */
  syncedFor(source: string): number | undefined;
  sync(source: string): Promise<unknown>;
  logger: Logger;
  againAfterMs?: number;
}): VectorKeeper {
  const { vectors, sources, logger, againAfterMs = AGAIN_AFTER_MS } = deps;
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  let isWoken = false;

  /** Two at once would embed the same texts. */
  let turn: Promise<unknown> = Promise.resolve();
  function round(signal: AbortSignal): Promise<{ isComplete: boolean }> {
    const next = turn.then(() => fillAll(signal));
    turn = next.catch(() => undefined);
    return next;
  }

  async function fillAll(signal: AbortSignal): Promise<{ isComplete: boolean }> {
    const { isComplete } = await vectors.fill(sources, signal);
    const stale = sources.filter((source) => (deps.syncedFor(source) ?? Infinity) < vectors.generation());
    for (const source of stale) await deps.sync(source);
    return stale.length === 0 ? { isComplete } : vectors.fill(sources, signal);
  }

  async function run(): Promise<void> {
    while (isWoken && !closing.signal.aborted) {
      isWoken = false;
      try {
        if ((await round(closing.signal)).isComplete) continue;
      } catch (error) {
        if (closing.signal.aborted) return;
        logger.error({ err: error }, "vectors could not be filled in");
      }
      isWoken = true;
      await sleep(againAfterMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    wake() {
      isWoken = true;
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    settle: (signal) =>
      round(signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal])),
    async close() {
      closing.abort(new Error("closing"));
      await running;
    },
  };
}
