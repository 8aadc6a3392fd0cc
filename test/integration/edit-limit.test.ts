import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawRequest } from "#src/bot/draw-request.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { idOf, writeHistory } from "#test/bench/servers/write-history.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const RUNS = 150;
let postgres: TestPostgres;
let database: OpenStore;
let now: Date;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  database = await postgres.createDatabase();
  now = new Date();
  await writeHistory(database.store, RUNS, new Date(now.getTime() - 86_400_000));
  await database.store.updateTable("runs").set({ state: "running", ended_at: null }).execute();
  await database.store.updateTable("requests").set({ state: "running" }).execute();
});

/** Every run has its message already: what is drawn are edits. */
async function postAll(): Promise<void> {
  for (let index = 0; index < RUNS; index += 1) await draw(index);
  await database.store.deleteFrom("outbox").execute();
  await database.store.updateTable("messages").set({ ts: "1750000000.000001" }).execute();
  await database.store.updateTable("requests").set({ version: 2 }).execute();
}
const draw = (index: number) => drawRequest(database.store, idOf(index), async (name) => name, now);
const linesOf = async (purpose: string | null) => {
  const lines = await database.store.selectFrom("outbox").select(["key", "purpose"]).execute();
  return lines.filter((line) => line.purpose === purpose).length;
};

describe("edits of run messages", () => {
  it("stay inside Slack's limit, and what people look at keeps its part of it", async () => {
    await postAll();
    await database.store
      .updateTable("runs")
      .set({ attended_at: now })
      .where(
        "id",
        "in",
        Array.from({ length: 50 }, (_, index) => idOf(100 + index)),
      )
      .execute();

    for (let index = 0; index < RUNS; index += 1) await draw(index);

    expect(await linesOf("card")).toBe(9);
    expect(await draw(99)).toMatchObject({ channel: "C0BENCH", againInMs: expect.any(Number) });
    now = new Date(Date.now() + 16_000);
    expect(await draw(99)).toEqual({ channel: "C0BENCH" });
  });

  it("wait alone: the end of a run is told at once, and once", async () => {
    await postAll();
    for (let index = 0; index < 60; index += 1) await draw(index);
    await database.store.updateTable("runs").set({ state: "failed", ended_at: now }).execute();
    await database.store.updateTable("requests").set({ state: "failed" }).execute();

    for (let turn = 0; turn < 2; turn += 1) for (let index = 60; index < 100; index += 1) await draw(index);

    expect(await linesOf("card")).toBe(7);
    expect(await linesOf(null)).toBe(40);
  });

  it("do not hold up a message that was never posted, nor count what a newer edit has overtaken", async () => {
    for (let index = 0; index < 60; index += 1) await draw(index);
    expect(await linesOf("card")).toBe(60);
    await database.store.updateTable("messages").set({ ts: "1750000000.000001" }).execute();
    await database.store.updateTable("requests").set({ version: 2 }).execute();

    for (let index = 1; index < 6; index += 1) expect(await draw(index)).toEqual({ channel: "C0BENCH" });
    expect(await draw(0)).toMatchObject({ againInMs: expect.any(Number) });
    await database.store.updateTable("outbox").set({ state: "sent", attempts: 0 }).execute();

    expect(await draw(0)).toEqual({ channel: "C0BENCH" });
  });
});
