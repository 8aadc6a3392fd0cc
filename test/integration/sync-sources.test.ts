import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DocumentUnreadableError, type SkipReason } from "#src/rag/document-source.ts";
import { indexSource } from "#src/rag/index-source.ts";
import { dueSources, readSourceStates } from "#src/rag/source-state.ts";
import { tokenize } from "#src/rag/tokenize.ts";
import type { Store } from "#src/store/database.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { createSourceOfPages } from "#test/fixtures/source-of-pages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";

let postgres: TestPostgres;
let store: Store;
let index: ReturnType<typeof createInMemoryVectorIndex>;
let source: ReturnType<typeof createSourceOfPages>;
let now: Date;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
  index = createInMemoryVectorIndex();
  source = createSourceOfPages(
    Object.fromEntries(
      Array.from({ length: 6 }, (_, number) => [`p${number}.md`, `# Page\n\nword${number}\n`]),
    ),
  );
  now = new Date("2026-03-01T00:00:00Z");
});

const sync = (signal?: AbortSignal) =>
  indexSource({ store, index, logger: pino({ level: "silent" }), now: () => now }, source, {
    ...(signal !== undefined && { signal }),
  });
const find = async (text: string) =>
  (await index.search({ searchText: tokenize(text).join(" "), audiences: ["public"], limit: 5 })).map(
    ({ chunk }) => chunk.text,
  );
const state = async () => (await readSourceStates(store, ["pages"], now))[0];

describe("a sync that was cut off", () => {
  it("goes on where it was: what was written is neither read nor written again", async () => {
    const upsert = index.upsert.bind(index);
    let hold = true;
    source.beforeRead = async (path) => {
      // Long enough for what was read before to be written.
      if (hold && path === "p3.md")
        await waitUntil("the first pages", () => find("word2").then((hits) => hits.length > 0));
      if (hold && path === "p4.md") throw new Error("never answered");
    };
    const stop = new AbortController();
    const cut = indexSource({ store, index, logger: pino({ level: "silent" }), now: () => now }, source, {
      signal: stop.signal,
      onProgress: ({ done }) => done === 4 && stop.abort(new Error("killed")),
    });
    await expect(cut).rejects.toThrow("killed");
    hold = false;
    source.reads = [];
    const again: string[] = [];
    index.upsert = async (chunks) => {
      again.push(...chunks.map(({ path }) => path));
      await upsert(chunks);
    };

    const report = await sync();

    expect(report).toMatchObject({ written: 3, unchanged: 3, deleted: 0 });
    expect(source.reads).toEqual(["p3.md", "p4.md", "p5.md"]);
    expect(again).toEqual(["p3.md", "p4.md", "p5.md"]);
  });

  it("is told apart from one that runs, by its silence", async () => {
    await sync();
    await store
      .updateTable("source_syncs")
      .set({ state: "running", seen_at: new Date(now.getTime() - 31_000) })
      .execute();

    expect(await state()).toMatchObject({ state: "interrupted" });
  });
});

describe("an unchanged sync", () => {
  it("asks the index for a count alone, until something is amiss or a day has passed", async () => {
    const list = index.listDocuments.bind(index);
    let listings = 0;
    index.listDocuments = (name) => {
      listings += 1;
      return list(name);
    };
    const listingsOf = async (): Promise<number> => {
      listings = 0;
      await sync();
      return listings;
    };

    const first = await listingsOf();
    const second = await listingsOf();
    await index.deleteDocuments([...(await list("pages")).keys()].slice(0, 1));
    const afterLoss = await listingsOf();
    await store.updateTable("source_syncs").set({ state: "failed" }).execute();
    const afterFailure = await listingsOf();
    now = new Date(now.getTime() + 86_400_001);
    const afterDay = await listingsOf();

    expect([first, second, afterLoss, afterFailure, afterDay]).toEqual([1, 0, 1, 1, 1]);
    expect((await list("pages")).size).toBe(6);
  });
});

describe("a document that cannot be indexed", () => {
  const fail = (reason: SkipReason) => {
    source.beforeRead = async (path) => {
      if (path === "p2.md") throw new DocumentUnreadableError(path, reason);
    };
  };
  const readAgain = async (): Promise<boolean> => {
    source.reads = [];
    await sync();
    return source.reads.includes("p2.md");
  };

  it("is read again when it is another one, when its source is set otherwise, or after a day", async () => {
    fail("broken");
    const reads = [await readAgain(), await readAgain()];
    source.pages["p2.md"] = "# Other\n";
    reads.push(await readAgain(), await readAgain());
    source.settings = "other";
    reads.push(await readAgain(), await readAgain());
    now = new Date(now.getTime() + 86_400_001);
    reads.push(await readAgain(), await readAgain());

    expect(reads).toEqual([true, false, true, false, true, false, true, false]);
    expect(await state()).toMatchObject({ leftOutPaths: [{ path: "p2.md", reason: "broken" }], pages: 5 });
    source.pages["p2.md"] = "# Good\n\nword2\n";
    source.beforeRead = async () => {};
    await sync();
    expect(await find("word2")).toHaveLength(1);
    expect(await store.selectFrom("failed_documents").selectAll().execute()).toEqual([]);
  });

  it("is read again at every sync where that may pass", async () => {
    fail("forbidden");

    expect([await readAgain(), await readAgain()]).toEqual([true, true]);
  });

  it("is taken out when it was indexed before", async () => {
    await sync();
    source.pages["p2.md"] = "# Other word2\n";
    fail("encrypted");
    await sync();
    await sync();

    expect(await find("word2")).toEqual([]);
  });
});

describe("a slow source", () => {
  it("is searchable page by page, not at its end", async () => {
    let release = (): void => {};
    const held = new Promise<void>((done) => (release = done));
    source.beforeRead = async (path) => {
      if (path === "p5.md") await held;
    };

    const syncing = sync();
    await waitUntil("what was read so far", () => source.reads.includes("p5.md"));
    const askedMs = performance.now();
    await waitUntil("the first page", async () => (await find("word4")).length > 0);
    const tookMs = performance.now() - askedMs;
    const during = await state();
    release();
    await syncing;

    expect(tookMs).toBeLessThan(2_000);
    expect(during).toMatchObject({ state: "running", total: expect.any(Number) });
    expect(await state()).toMatchObject({ state: "done", written: 6 });
  });
});

describe("the state of a source", () => {
  it("tells when it was synced, how much, and what was left out and why", async () => {
    source.skipped = [
      { path: "big.md", reason: "too-large" },
      { path: "locked.pdf", reason: "encrypted" },
    ];
    expect(await state()).toMatchObject({ state: "never", pages: 0 });

    await sync();
    delete source.pages["p0.md"];
    now = new Date("2026-03-01T01:00:00Z");
    await sync();

    expect(await state()).toEqual({
      source: "pages",
      state: "done",
      startedAt: now,
      endedAt: now,
      pages: 5,
      done: 5,
      total: 5,
      written: 0,
      deleted: 1,
      leftOut: 2,
      leftOutPaths: [
        { path: "big.md", reason: "too-large" },
        { path: "locked.pdf", reason: "encrypted" },
      ],
    });
  });

  it("keeps why a sync failed, without the secrets in it, and forgets it with the next", async () => {
    source.list = () => Promise.reject(new Error("no answer of https://me:hunter2secret@git.example.com"));
    await expect(sync()).rejects.toThrow();

    const failed = await state();
    source.list = createSourceOfPages(source.pages).list;
    await sync();

    expect(failed).toMatchObject({
      state: "failed",
      error: "no answer of https://me:(removed: password)@git.example.com",
    });
    expect(await state()).not.toHaveProperty("error");
  });

  it("says when the next sync is due, also for one that was never synced", async () => {
    const timed = [
      { name: "pages", everyMs: 900_000 },
      { name: "other", everyMs: 900_000 },
      { name: "untimed" },
    ];
    await sync();

    expect(await dueSources(store, timed, new Date(now.getTime() + 899_000))).toEqual(["other"]);
    expect(await dueSources(store, timed, new Date(now.getTime() + 900_000))).toEqual(["pages", "other"]);
  });
});

describe("what is stored of a page", () => {
  it("holds no secret, in no field", async () => {
    const token = ["ghp_", "0123456789abcdefghijABCDEFGHIJ012345"].join("");
    source.pages["p0.md"] =
      `# Use ${token}\n\nThe token is ${token} and ${token}.\n\n## Also ${token}\n\nmore\n`;

    await sync();

    expect((await find("token")).join("\n")).toContain("(removed: GitHub token)");
    expect(JSON.stringify(await index.sampleSearchTexts(100))).not.toContain("0123456789abcdefghij");
    expect(JSON.stringify(await store.selectFrom("documents").selectAll().execute())).not.toContain(token);
  });

  it("is written anew when the source's settings change, although its marks do not", async () => {
    await sync();
    source.settings = "https://new.example.com/";
    source.reads = [];

    await sync();

    expect(source.reads).toHaveLength(6);
  });

  it("stays while it cannot be looked at, and goes when it is left out for another reason", async () => {
    await sync();
    delete source.pages["p1.md"];
    delete source.pages["p2.md"];
    source.skipped = [
      { path: "p1.md", reason: "unreadable" },
      { path: "p2.md", reason: "encrypted" },
    ];

    await sync();

    expect(await find("word1")).toHaveLength(1);
    expect(await find("word2")).toEqual([]);
  });
});
