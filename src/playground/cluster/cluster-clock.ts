/** Time of the simulation. Everything that happens by itself follows from it and from the objects, so it goes on after a restart. */
export interface ClusterClock {
  nowMs(): number;
  /** Calls back twice a second of its own time. Returns how to stop. */
  onTick(callback: () => void): () => void;
}

const TICK_MS = 500;

export function createSystemClock(): ClusterClock {
  return {
    nowMs: () => Date.now(),
    onTick(callback) {
      const timer = setInterval(callback, TICK_MS);
      return () => clearInterval(timer);
    },
  };
}

/** Stands still until a test moves it. */
export function createManualClock(
  startMs = Date.UTC(2026, 10, 24),
): ClusterClock & { advance(ms: number): void } {
  let nowMs = startMs;
  const callbacks = new Set<() => void>();
  return {
    nowMs: () => nowMs,
    onTick(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      while (nowMs < untilMs) {
        nowMs = Math.min(untilMs, nowMs + TICK_MS);
        for (const callback of callbacks) callback();
      }
    },
  };
}
