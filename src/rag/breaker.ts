/** After failures something is left alone for a while, so that nobody waits for it; twice as long each time it fails again. */
export interface Breaker {
  isResting(): boolean;
  succeeded(): void;
  failed(): void;
}

const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 600_000;

/** Rests after `failures` in a row. */
export function createBreaker(failures: number, nowMs: () => number): Breaker {
  let failed = 0;
  let restsUntilMs = 0;
  return {
    isResting: () => nowMs() < restsUntilMs,
    succeeded() {
      failed = 0;
      restsUntilMs = 0;
    },
    failed() {
      failed += 1;
      if (failed < failures) return;
      restsUntilMs = nowMs() + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (failed - failures));
    },
  };
}
