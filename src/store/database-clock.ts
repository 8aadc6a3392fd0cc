import { sql } from "kysely";
import type { Store } from "./database.ts";

export interface DatabaseClock {
  now(): Date;
  close(): void;
}

const READ_EVERY_MS = 30_000;
const LOOK_EVERY_MS = 1_000;
/** Less is no jump: a busy process looks late. */
const JUMP_MS = 2_000;

/**
 * The database's time, which all processes share; between two readings it goes on by the monotonic clock. This machine's
 * wall clock may be wrong, or jump: `onJump` hears by how many milliseconds. A reading that fails is told to `onError`, and
 * the last one goes on.
 */
export async function startDatabaseClock(options: {
  store: Store;
  onJump: (byMs: number) => void;
  onError: (error: unknown) => void;
  /** How often the wall clock is looked at, for tests; default 1 s. */
  lookEveryMs?: number;
}): Promise<DatabaseClock> {
  /** To be added to the monotonic clock. */
  let originMs = 0;
  async function read(): Promise<void> {
    const sentAtMs = performance.now();
    const { rows } = await sql<{ at_ms: string }>`
      select extract(epoch from clock_timestamp()) * 1000 as at_ms`.execute(options.store);
    const between = (sentAtMs + performance.now()) / 2;
    originMs = Number(rows[0]?.at_ms) - between;
  }
  await read();
  const reading = setInterval(() => void read().catch(options.onError), READ_EVERY_MS).unref();

  const wallOriginMs = (): number => Date.now() - performance.now();
  let seenMs = wallOriginMs();
  const looking = setInterval(() => {
    const byMs = wallOriginMs() - seenMs;
    seenMs += byMs;
    if (Math.abs(byMs) > JUMP_MS) options.onJump(Math.round(byMs));
  }, options.lookEveryMs ?? LOOK_EVERY_MS).unref();

  return {
    now: () => new Date(originMs + performance.now()),
    close() {
      clearInterval(reading);
      clearInterval(looking);
    },
  };
}
