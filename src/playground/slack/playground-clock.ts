/** Time as the playground sees it; tests pass one that they drive. */
export interface PlaygroundClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after `delayMs`; returns its cancellation. */
  schedule(delayMs: number, run: () => void): () => void;
}

const longestTimerMs = 2_147_483_647;

export const systemClock: PlaygroundClock = {
  now: () => Date.now(),
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), longestTimerMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
