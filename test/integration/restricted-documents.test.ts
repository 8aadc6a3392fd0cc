import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAudienceReader } from "#src/rag/audience-rows.ts";
import { indexSource } from "#src/rag/index-source.ts";
import { audienceOf, type Readers } from "#src/rag/readers.ts";
import { tokenize } from "#src/rag/tokenize.ts";
import type { Store } from "#src/store/database.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { createSourceOfPages } from "#test/fixtures/source-of-pages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const LEADS: Readers = { allOf: [["group:leads"]] };
const TEAM: Readers = { allOf: [["group:team"]] };
const idOf = (readers: Readers): string => audienceOf(readers).id;

let postgres: TestPostgres;
let store: Store;
let index: ReturnType<typeof createInMemoryVectorIndex>;
let source: ReturnType<typeof createSourceOfPages>;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
  index = createInMemoryVectorIndex();
  source = createSourceOfPages(
    Object.fromEntries(
      Array.from({ length: 4 }, (_, number) => [`p${number}.md`, `# Page ${number}\n\nword${number}\n`]),
    ),
  );
});

const sync = (signal?: AbortSignal) =>
  indexSource({ store, index, logger: pino({ level: "silent" }), now: () => new Date() }, source, {
    ...(signal !== undefined && { signal }),
  });
const found = async (word: string, ...readers: Readers[]): Promise<readonly string[]> => {
  const query = { searchText: tokenize(word).join(" "), audiences: readers.map(idOf), limit: 5 };
  return (await index.search(query)).map(({ chunk }) => chunk.path);
};

describe("the readers of a document", () => {
  it("are those of its source, and its own where it has some", async () => {
    source.readers = TEAM;
    source.readersOf = { "p1.md": LEADS, "p2.md": "public" };

    await sync();

    expect(await found("word0 word1 word2", "public")).toEqual(["p2.md"]);
    expect(await found("word0", TEAM)).toEqual(["p0.md"]);
    expect(await found("word1", LEADS)).toEqual(["p1.md"]);
    expect(await found("word1", TEAM, "public")).toEqual([]);
  });

  it("are known before anything carries their id, each set once", async () => {
    source.readers = TEAM;
    source.readersOf = { "p1.md": LEADS, "p3.md": { allOf: [["group:@Leads", "group:leads"]] } };
    const read = createAudienceReader(store);
    const upsert = index.upsert.bind(index);
    const knownAtWrite: string[][] = [];
    index.upsert = async (chunks) => {
      knownAtWrite.push((await read()).map(({ id }) => id));
      await upsert(chunks);
    };

    await sync();

    expect(knownAtWrite[0]?.toSorted()).toEqual([idOf(TEAM), idOf(LEADS)].toSorted());
    expect(await read()).toContainEqual({ id: idOf(LEADS), readers: LEADS });
  });

  it("are forgotten a week after the last document had them", async () => {
    source.readersOf = { "p1.md": LEADS };
    await sync();
    source.readersOf = {};
    await sync();
    const before = await createAudienceReader(store)();
    await store
      .updateTable("audiences")
      .set({ seen_at: new Date(Date.now() - 8 * 86_400_000) })
      .execute();

    await sync();

    expect(before).toHaveLength(1);
    expect(await createAudienceReader(store)()).toEqual([]);
  });

  it("count what was left out, for those who may know of it", async () => {
    source.readersOf = { "p1.md": LEADS };
    source.skipped = [
      { path: "secret.pdf", reason: "encrypted", readers: LEADS },
      { path: "open.pdf", reason: "encrypted" },
    ];
    source.beforeRead = async (path) => {
      if (path === "p1.md") throw new Error("away");
    };

    const report = await sync();

    expect(report.skippedOf).toEqual({ public: 1, [idOf(LEADS)]: 2 });
  });
});

describe("a document that gets other readers", () => {
  it("is written anew by the next sync, although its mark is the same", async () => {
    await sync();
    source.readersOf = { "p1.md": LEADS };
    source.reads = [];

    const report = await sync();

    expect(source.reads).toEqual(["p1.md"]);
    expect(report).toMatchObject({ written: 1, unchanged: 3, deleted: 0 });
    expect(await found("word1", "public")).toEqual([]);
    expect(await found("word1", LEADS)).toEqual(["p1.md"]);
    expect(await sync()).toMatchObject({ written: 0, unchanged: 4 });
  });

  it("is taken away before anything is read", async () => {
    await sync();
    source.pages["p0.md"] += "\nmore\n";
    source.readersOf = { "p3.md": LEADS };
    const duringRead: (readonly string[])[] = [];
    source.beforeRead = async () => {
      duringRead.push(await found("word3", "public"));
    };

    await sync();

    expect(duringRead).toEqual([[], []]);
  });

  it.each(["before", "after"])("is not cited when the sync is killed %s it was read", async (when) => {
    await sync();
    source.readersOf = { "p1.md": LEADS };
    const stop = new AbortController();
    source.beforeRead = async (path) => {
      if (path === "p1.md") stop.abort(new Error("killed"));
      if (when === "before") throw new Error("never answered");
    };
    await expect(sync(stop.signal)).rejects.toThrow("killed");

    const afterKill = await found("word1", "public");
    source.beforeRead = async () => {};
    await sync();

    expect(afterKill).toEqual([]);
    expect(await found("word1", "public")).toEqual([]);
    expect(await found("word1", LEADS)).toEqual(["p1.md"]);
  });

  it("is not cited when it cannot be read any more", async () => {
    await sync();
    source.readersOf = { "p1.md": LEADS };
    source.beforeRead = () => Promise.reject(new Error("away"));

    await sync();

    expect(await found("word1", "public", LEADS)).toEqual([]);
  });

  it("is not cited after a kill between index and row, whichever way its readers changed", async () => {
    source.readersOf = { "p1.md": LEADS };
    await sync();
    const rows = await store.selectFrom("documents").selectAll().execute();
    source.readersOf = {};
    await sync();
    // The index has the public one, the row is from before.
    const old = rows.find(({ path }) => path === "p1.md");
    await store
      .updateTable("documents")
      .set({ audience: old?.audience ?? "", content_hash: old?.content_hash ?? "", mark: old?.mark ?? null })
      .where("path", "=", "p1.md")
      .execute();
    await store.updateTable("source_syncs").set({ state: "running" }).execute();
    source.readersOf = { "p1.md": LEADS };
    source.beforeRead = async () => expect(await found("word1", "public")).toEqual([]);

    await sync();

    expect(await found("word1", "public")).toEqual([]);
    expect(await found("word1", LEADS)).toEqual(["p1.md"]);
  });

  it("stays until it is written anew when everybody may read it now", async () => {
    source.readers = TEAM;
    await sync();
    source.readers = "public";
    let during: readonly string[] = [];
    source.beforeRead = async (path) => {
      if (path === "p0.md") during = await found("word1", TEAM);
    };

    await sync();

    expect(during).toEqual(["p1.md"]);
    expect(await found("word1", "public")).toEqual(["p1.md"]);
  });
});
