import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HandlingContext } from "#src/bot/bot-deps.ts";
import { explainAnswer } from "#src/bot/answers/explain-answer.ts";
import { earlierInThread } from "#src/bot/answers/thread-history.ts";
import { textsFor } from "#src/bot/texts/texts.ts";
import { indexSource } from "#src/rag/index-source.ts";
import { documentId } from "#src/rag/indexed-document.ts";
import { readableSourceNames, readableSourceStates } from "#src/rag/readable-sources.ts";
import { audienceOf, type Readers } from "#src/rag/readers.ts";
import type { Store } from "#src/store/database.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { createSourceOfPages } from "#test/fixtures/source-of-pages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const LEADS: Readers = { allOf: [["group:leads"]] };
const LEADS_ID = audienceOf(LEADS).id;
const now = new Date("2026-03-01T00:00:00Z");

let postgres: TestPostgres;
let store: Store;
let source: ReturnType<typeof createSourceOfPages>;
let index: ReturnType<typeof createInMemoryVectorIndex>;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
  index = createInMemoryVectorIndex();
  source = createSourceOfPages({ "open.md": "# Open\n\nretry\n", "budget.md": "# Budget\n\nmoney\n" });
  source.readersOf = { "budget.md": LEADS };
  await sync();
});
const sync = () => indexSource({ store, index, logger: pino({ level: "silent" }), now: () => now }, source);

const ref = (path: string, title: string) => ({
  documentId: documentId("pages", path),
  title,
  headings: [title],
  url: `https://pages.example.com/${path}`,
});
const OPEN = ref("open.md", "Open");
const BUDGET = ref("budget.md", "Budget");

async function keepAnswer(fields: {
  id: string;
  mode?: "generated" | "extractive" | "no-answer";
  cited?: readonly (typeof OPEN)[];
  given?: readonly (typeof OPEN)[];
}): Promise<void> {
  const { id, mode = "generated", cited = [], given = cited } = fields;
  await store
    .insertInto("answers")
    .values({
      id,
      asker: "U02LEAD",
      channel: "C1",
      thread_ts: "1.1",
      question: `question ${id}`,
      locale: "en",
      mode,
      text: `text ${id}`,
      sources: JSON.stringify(
        cited.map(({ url, documentId: of }, position) => ({ number: position + 1, url, documentId: of })),
      ),
      took_ms: 1,
      trace: JSON.stringify({
        words: ["money"],
        confidence: 0.77,
        passages: given.map((from) => ({ source: from, score: 1 })),
        tookMs: 1,
      }),
      model: mode === "generated" ? "test-model" : null,
    })
    .execute();
}

describe("why an answer is as it is", () => {
  const explain = async (audiences: readonly string[]): Promise<string> => {
    const shown: unknown[] = [];
    const context = {
      deps: {
        store,
        readers: { ofPerson: async () => audiences },
        reply: { privately: async (_delivery: unknown, view: unknown) => void shown.push(view) },
      },
      delivery: { channel: "C1" },
      person: personFixture(),
      texts: textsFor("en"),
    } as unknown as HandlingContext;
    await explainAnswer(context, "a1");
    return JSON.stringify(shown);
  };

  it("is told whole to whoever may read all of its pages", async () => {
    await keepAnswer({ id: "a1", cited: [OPEN], given: [OPEN, BUDGET] });

    const shown = await explain(["public", LEADS_ID]);

    expect(shown).toMatch(/Open.*Budget.*confidence 0\.77/);
  });

  it("leaves nothing of a page that whoever presses later may not read: no title, link, place or confidence", async () => {
    await keepAnswer({ id: "a1", cited: [BUDGET, OPEN], given: [BUDGET, OPEN] });

    const shown = await explain(["public"]);

    expect(shown).toContain("1. <https://pages.example.com/open.md|Open>");
    expect(shown).not.toMatch(/Budget|budget\.md|0\.77|\\n2\. /);
  });

  it("leaves nothing of a page that was restricted or deleted since", async () => {
    await keepAnswer({ id: "a1", cited: [OPEN] });
    source.readersOf = { "open.md": LEADS };
    delete source.pages["budget.md"];
    await sync();

    expect(await explain(["public"])).not.toMatch(/open\.md|Open/);
    await store.deleteFrom("answers").execute();
    await keepAnswer({ id: "a1", cited: [BUDGET] });
    expect(await explain(["public", LEADS_ID])).not.toMatch(/Budget/);
  });
});

describe("what was said in a thread before", () => {
  const history = async (audiences: readonly string[]): Promise<readonly string[]> =>
    (await earlierInThread(store, { channel: "C1", threadTs: "1.1" }, audiences)).map(({ text }) => text);

  it("goes along where its pages may be used", async () => {
    await keepAnswer({ id: "a1", cited: [BUDGET] });

    expect(await history(["public", LEADS_ID])).toEqual(["question a1", "text a1"]);
    expect(await history(["public"])).toEqual(["question a1"]);
  });

  it("does not go along if a model was given a page that may not be used, cited or not", async () => {
    await keepAnswer({ id: "a1", cited: [OPEN], given: [OPEN, BUDGET] });
    expect(await history(["public"])).toEqual(["question a1"]);

    await store.deleteFrom("answers").execute();
    await keepAnswer({ id: "a2", mode: "extractive", cited: [OPEN], given: [OPEN, BUDGET] });
    expect(await history(["public"])).toEqual(["question a2", "text a2"]);
  });

  it("goes along where it said nothing of any page", async () => {
    await keepAnswer({ id: "a1", mode: "no-answer", cited: [BUDGET] });

    expect(await history(["public"])).toEqual(["question a1", "text a1"]);
  });

  it("does not go along if its pages are not known, as of answers of an older version", async () => {
    await keepAnswer({ id: "a1", cited: [OPEN] });
    await store
      .updateTable("answers")
      .set({ sources: JSON.stringify([{ number: 1, url: OPEN.url }]) })
      .execute();

    expect(await history(["public", LEADS_ID])).toEqual(["question a1"]);
  });
});

describe("the sources that somebody may know of", () => {
  const states = (...audiences: string[]) => readableSourceStates(store, [source], now, audiences);

  it("are told whole to whoever may read all of them", async () => {
    source.skipped = [{ path: "secret.pdf", reason: "encrypted", readers: LEADS }];
    await sync();

    expect(await states("public", LEADS_ID)).toMatchObject([
      { pages: 2, total: 2, leftOut: 1, leftOutPaths: [{ path: "secret.pdf", reason: "encrypted" }] },
    ]);
    expect((await states("public", LEADS_ID))[0]).not.toHaveProperty("isPartial");
  });

  it("count and name only what may be read, nothing of the whole", async () => {
    source.skipped = [
      { path: "secret.pdf", reason: "encrypted", readers: LEADS },
      { path: "open.pdf", reason: "broken" },
    ];
    await sync();
    await store.updateTable("source_syncs").set({ state: "failed", error: "budget.md broke" }).execute();

    const [state] = await states("public");

    expect(state).toMatchObject({
      isPartial: true,
      pages: 1,
      total: 0,
      done: 0,
      written: 0,
      leftOut: 1,
      leftOutPaths: [{ path: "open.pdf", reason: "broken" }],
    });
    expect(JSON.stringify(state)).not.toMatch(/secret|budget/);
  });

  it("are not told at all where nothing may be read", async () => {
    source.readers = LEADS;
    source.readersOf = {};
    await sync();

    expect(await states("public")).toEqual([]);
    expect(await readableSourceNames(store, [source], ["public"])).toEqual([]);
    expect(await readableSourceNames(store, [source], ["public", LEADS_ID])).toEqual(["pages"]);
  });
});
