import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRun } from "#src/actions/training/find-run.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { ownerOf, runName, writeHistory } from "#test/bench/servers/write-history.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const RUNS = 1_200;
let postgres: TestPostgres;
let database: OpenStore;
beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await postgres.createDatabase();
  await writeHistory(database.store, RUNS, new Date());
});
afterAll(() => postgres.close());

const find = (text: string, isVisible?: Parameters<typeof findRun>[3]) =>
  findRun(database.store, text, ownerOf(3), isVisible);

describe("a run", () => {
  it("is found by its name, its id and the beginning of either, however old it is", async () => {
    const oldest = runName(0);
    const id = oldest.slice(oldest.indexOf("-") + 1);

    for (const text of [oldest, ` ${oldest.toUpperCase()} `, id, oldest.slice(0, -1), id.slice(0, -1)])
      expect(await find(text)).toMatchObject({ ok: true, value: { id, name: oldest } });
  });

  it("is the person's latest where none is named", async () => {
    expect(await find("")).toMatchObject({ ok: true, value: { owner: ownerOf(3), name: runName(1_163) } });
  });

  it("is asked for by a longer beginning where several begin so, and the newest are named", async () => {
    const found = await find("sft-");

    expect(found).toMatchObject({ ok: false, failure: { code: "ambiguous-run" } });
    expect(JSON.stringify(found)).toContain(runName(RUNS - 3));
  });

  it("that may not be seen is as if there were none, and is not suggested", async () => {
    const name = runName(5);

    expect(await find(name, () => false)).toEqual({
      ok: false,
      failure: { field: "run", code: "unknown-run", given: name },
    });
  });

  it("is not found by what the database takes for any letter, and the nearest name is suggested", async () => {
    const newest = runName(RUNS - 1);

    expect(await find("%")).toMatchObject({ ok: false, failure: { code: "unknown-run" } });
    expect(await find(`${newest.slice(0, -1)}_`)).toMatchObject({
      ok: false,
      failure: { code: "unknown-run", suggestion: newest },
    });
  });
});
