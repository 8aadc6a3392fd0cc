import { Refusal } from "./refusal.ts";

const MINUTE_MS = 60_000;
/** Answers of one key that are written at the same time. */
const MAX_AT_ONCE = 4;

/** How much one key may ask of this process. `nowMs` is any clock that does not jump. */
export function createKeyLimits(options: { requestsPerMinute: number; nowMs: () => number }) {
  const { requestsPerMinute, nowMs } = options;
  const asked = new Map<string, number[]>();
  const answering = new Map<string, number>();
  return {
    /** Counts a call of the last minute. @throws Refusal */
    count(keyId: string): void {
      const now = nowMs();
      const recent = (asked.get(keyId) ?? []).filter((at) => now - at < MINUTE_MS);
      asked.set(keyId, recent);
      const oldest = recent[0];
      if (recent.length >= requestsPerMinute && oldest !== undefined)
        throw new Refusal(
          429,
          "rate_limit_exceeded",
          `this key may ask ${requestsPerMinute} times a minute`,
          {
            retryAfterS: Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1_000)),
          },
        );
      recent.push(now);
    },
    /** Takes one of the key's places for an answer. Returns how to give it back. @throws Refusal */
    enter(keyId: string): () => void {
      const before = answering.get(keyId) ?? 0;
      if (before >= MAX_AT_ONCE)
        throw new Refusal(
          429,
          "rate_limit_exceeded",
          `${MAX_AT_ONCE} answers of this key are being written`,
          {
            retryAfterS: 2,
          },
        );
      answering.set(keyId, before + 1);
      return () => {
        const left = (answering.get(keyId) ?? 1) - 1;
        if (left === 0) answering.delete(keyId);
        else answering.set(keyId, left);
      };
    },
  };
}

export type KeyLimits = ReturnType<typeof createKeyLimits>;
