import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fillPreset } from "#src/actions/training/stage-presets.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { idOf, ownerOf, writeHistory } from "#test/bench/servers/write-history.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const stage = stageFixture({
  presets: [
    {
      name: "quick",
      summary: { en: "Does it run?", ko: "잘 도는지" },
      parameters: { "model-size": "1.5B", "learning-rate": 0.00001 },
    },
  ],
});
let postgres: TestPostgres;
let database: OpenStore;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  database = await postgres.createDatabase();
});

const fill = (parameters: Record<string, string>, owner = "U0NOBODY") =>
  fillPreset({ store: database.store, stages: [stage] }, owner, { stage: "SFT", parameters });

describe("a preset of a stage", () => {
  it("stands for its values, and what is typed beside it counts more", async () => {
    expect(await fill({ preset: "Quick", "model-size": "7B" })).toEqual({
      ok: true,
      value: { stage: "SFT", parameters: { "model-size": "7B", "learning-rate": "1e-5" } },
    });
  });

  it("that does not exist is told with those that do, and the nearest one", async () => {
    expect(await fill({ preset: "quik" })).toMatchObject({
      ok: false,
      failure: [{ field: "preset", code: "not-a-choice", allowed: "quick, last", suggestion: "quick" }],
    });
  });

  it("of the last time is what the same person started that stage with, without parameters that are gone", async () => {
    await writeHistory(database.store, 4, new Date());
    const input = JSON.stringify({ stage: "sft", parameters: { gpus: "3", "old-name": "1" } });
    await database.store.updateTable("runs").set({ stage: "sft" }).where("id", "=", idOf(1)).execute();
    await database.store
      .updateTable("requests")
      .set({ input, action: "train-start" })
      .where("id", "=", idOf(1))
      .execute();

    const again = await fill({ preset: "last" }, ownerOf(1));

    expect(again).toEqual({ ok: true, value: { stage: "SFT", parameters: { gpus: "3" } } });
    expect(await fill({ preset: "지난번" })).toMatchObject({ ok: false, failure: [{ code: "no-last-run" }] });
  });
});
