import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { noteChangedThread, readIndexedChannels, switchIndexedChannel } from "#src/rag/indexed-channels.ts";
import type { Store } from "#src/store/database.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

let postgres: TestPostgres;
let store: Store;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
});

const turn = (channel: string, isOn: boolean) =>
  store.transaction().execute((transaction) =>
    switchIndexedChannel(transaction, channel, {
      isOn,
      person: "U1",
      at: new Date("2026-01-01T00:00:00Z"),
    }),
  );
const note = (channel: string, threadTs: string, changeTs: string) =>
  noteChangedThread(store, { channel, threadTs, changeTs });

it("channels are on from one switch to the other, and say whether that was new", async () => {
  expect([await turn("C1", true), await turn("C1", true), await turn("C2", false)]).toEqual([
    true,
    false,
    false,
  ]);
  expect((await readIndexedChannels(store)).map(({ channel }) => channel)).toEqual(["C1"]);

  expect([await turn("C1", false), await turn("C1", false)]).toEqual([true, false]);
  expect(await readIndexedChannels(store)).toEqual([]);
});

it("changes are kept of channels that are on, the latest of each thread, however they come, and go with the channel", async () => {
  await turn("C1", true);
  await note("C1", "1.1", "5.000002");
  await note("C1", "1.1", "5.000001");
  await note("C1", "1.1", "5.000002");
  await note("C1", "2.1", "4.1");
  await note("C2", "1.1", "5.1");

  expect(await readIndexedChannels(store)).toEqual([
    {
      channel: "C1",
      changes: new Map([
        ["1.1", "5.000002"],
        ["2.1", "4.1"],
      ]),
    },
  ]);
  await turn("C1", false);
  await turn("C1", true);
  expect((await readIndexedChannels(store))[0]?.changes.size).toBe(0);
});
