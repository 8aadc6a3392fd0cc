import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { startDatabaseClock } from "#src/store/database-clock.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
afterEach(() => vi.useRealTimers());

it.each([
  ["ten minutes ahead", 600_000],
  ["an hour back", -3_600_000],
])("keeps the database's time when this machine's clock jumps %s, and tells of it", async (_, byMs) => {
  const { store, pool } = await postgres.createDatabase();
  const jumps: number[] = [];
  const clock = await startDatabaseClock({
    store,
    onJump: (jump) => jumps.push(jump),
    onError: (error) => expect.unreachable(String(error)),
    lookEveryMs: 10,
  });

  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + byMs });
  await waitUntil("the jump to be seen", () => jumps.length > 0);

  const { rows } = await pool.query<{ at_ms: string }>(
    "select extract(epoch from clock_timestamp()) * 1000 as at_ms",
  );
  expect(Math.abs(clock.now().getTime() - Number(rows[0]?.at_ms))).toBeLessThan(1_000);
  expect(Math.abs((jumps[0] ?? 0) - byMs)).toBeLessThan(1_000);
  clock.close();
});
