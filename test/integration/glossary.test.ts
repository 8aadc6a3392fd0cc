import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createRag, type Rag } from "#src/rag/create-rag.ts";
import { addTerm, decideTerm, findTerms, listSuggestions, listTerms } from "#src/rag/glossary.ts";
import type { AnswerEvent } from "#src/rag/ports.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import type { Store } from "#src/store/database.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { createSourceOfPages } from "#test/fixtures/source-of-pages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";

const NOW = new Date("2026-03-01T00:00:00Z");
let postgres: TestPostgres;
let store: Store;
let index: ReturnType<typeof createInMemoryVectorIndex>;
let source: ReturnType<typeof createSourceOfPages>;
const open: Rag[] = [];
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(async () => {
  await Promise.all(open.map((rag) => rag.close()));
  await postgres.close();
});
beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
  index = createInMemoryVectorIndex();
  source = createSourceOfPages({
    "kiln.md": "# The kiln\n\nThe kiln is emptied every Friday evening by whoever is on duty.\n",
    "lunch.md": "# Lunch\n\nLunch is served at noon in the hall on the second floor.\n",
  });
});

async function openRag(): Promise<Rag> {
  const rag = createRag({
    store,
    index,
    sources: [source],
    prompts: await loadPrompts(join(import.meta.dirname, "../../prompts")),
    logger: pino({ level: "silent" }),
  });
  open.push(rag);
  return rag;
}
async function ask(rag: Rag, text: string) {
  const events: AnswerEvent[] = [];
  for await (const event of rag.answer({ text, locale: "ko" })) events.push(event);
  return {
    pages: events.flatMap((event) => (event.kind === "citation" ? [event.source.url] : [])),
    also: events.flatMap((event) => ("found" in event ? (event.found?.searchedAlso ?? []) : [])),
  };
}
const add = (term: string, counterpart: string) =>
  addTerm(store, { term, counterpart, person: "U1", now: NOW });
const suggestions = async () =>
  (await listSuggestions(store, ["public"], 100)).map(({ term, counterpart, path }) => [
    term,
    counterpart,
    path,
  ]);

describe("the workspace's own words", () => {
  it("lead a question to pages with the other word, in every process, and the answer says so", async () => {
    const [one, another] = await Promise.all([openRag(), openRag()]);
    await one.sync("pages");
    expect((await ask(one, "가마솥이 뭐예요?")).pages).toEqual([]);
    expect((await ask(another, "가마솥이 뭐예요?")).pages).toEqual([]);

    await add("가마솥", "kiln");

    for (const rag of [one, another])
      await waitUntil(
        "the word to be known",
        async () => (await ask(rag, "가마솥이 뭐예요?")).pages.length > 0,
      );
    const answer = await ask(one, "가마솥이 뭐예요?");
    expect(answer.pages).toEqual(["https://pages.example.com/kiln.md#the-kiln"]);
    expect(answer.also).toContain("kiln");
  });

  it("may be of one language, and of several words", async () => {
    await add("BKT", "The kiln");
    const rag = await openRag();
    await rag.sync("pages");

    const answer = await ask(rag, "Who is on duty for BKT?");

    expect(answer.pages).toEqual(["https://pages.example.com/kiln.md#the-kiln"]);
    expect(answer.also).toEqual(["The kiln"]);
  });

  it("are not named where a page has the very words of the question", async () => {
    await add("kiln", "oven");
    const rag = await openRag();
    await rag.sync("pages");

    expect((await ask(rag, "When is the kiln emptied?")).also).toEqual([]);
  });

  it("are refused where no question could hold them, and kept once whatever their order", async () => {
    expect(await add("how", "어떻게")).toEqual({ kind: "refused", cause: "no-words" });
    expect(await add("one two three four", "넷")).toEqual({ kind: "refused", cause: "too-many-words" });
    expect(await add("Kiln", "kiln")).toEqual({ kind: "refused", cause: "the-same" });
    expect((await add("가마솥", "kiln")).kind).toBe("added");
    expect((await add("Kiln", "가마 솥")).kind).toBe("known");

    expect(await findTerms(store, "KILN")).toMatchObject([{ term: "가마솥", counterpart: "kiln" }]);
    expect(await findTerms(store, "가마솥 = oven")).toEqual([]);
  });
});

describe("suggestions", () => {
  const BILINGUAL = {
    "furnace.md":
      "# 소성로 (Burning furnace)\n\nText.\n\n## 짧음 (a heading of far too many words)\n\nText.\n",
    "glaze.md": "---\ntitle: Glazing\ntitle_ko: 유약칠\n---\nText.\n",
    "en/wheel.md": "# Throwing wheel\n\nText.\n",
    "ko/wheel.md": "# 물레\n\n글.\n",
    "known.md": "# 체크포인트 (Checkpoint)\n\nText.\n",
  };

  it("come from titles with both names, front matter and pages in two languages, without what is known", async () => {
    Object.assign(source.pages, BILINGUAL);
    const rag = await openRag();

    await rag.sync("pages");

    expect(
      (await suggestions()).toSorted(([left], [right]) => String(left).localeCompare(String(right))),
    ).toEqual([
      ["물레", "Throwing wheel", "en/wheel.md"],
      ["소성로", "Burning furnace", "furnace.md"],
      ["유약칠", "Glazing", "glaze.md"],
    ]);
  });

  it("are searched with only once somebody has accepted them", async () => {
    Object.assign(source.pages, { "furnace.md": "# 소성로 (kiln)\n\n사용하지 않아요.\n" });
    const rag = await openRag();
    await rag.sync("pages");
    const [suggestion] = await listSuggestions(store, ["public"], 1);
    const decide = () =>
      decideTerm(store, { id: suggestion?.id ?? "", state: "used", person: "U1", now: NOW });

    expect(await listTerms(store, 10)).toEqual([]);
    expect(await decide()).toMatchObject({ term: "소성로", counterpart: "kiln" });
    expect(await decide()).toBeUndefined();
    expect(await listTerms(store, 10)).toMatchObject([{ term: "소성로", person: "U1" }]);
  });

  it("are not shown any more where their page is gone, or not everybody may read it now", async () => {
    Object.assign(source.pages, BILINGUAL);
    const rag = await openRag();
    await rag.sync("pages");
    delete source.pages["glaze.md"];
    await rag.sync("pages");
    expect((await suggestions()).map(([term]) => term)).not.toContain("유약칠");
    Object.assign(source, { readers: { allOf: [["group:leads"]] } });
    await rag.sync("pages");

    expect(await suggestions()).toEqual([]);
  });

  it("that were dismissed do not come again, and pages that not everybody may read give none", async () => {
    Object.assign(source.pages, {
      "ko/wheel.md": BILINGUAL["ko/wheel.md"],
      "en/wheel.md": BILINGUAL["en/wheel.md"],
    });
    await (await openRag()).sync("pages");
    const [wheel] = await listSuggestions(store, ["public"], 1);
    await decideTerm(store, { id: wheel?.id ?? "", state: "dismissed", person: "U1", now: NOW });
    Object.assign(source.pages, {
      "en/wheel.md": "# Throwing wheel\n\nAnother text.\n",
      "ko/wheel.md": "# 물레\n\n다른 글.\n",
    });
    Object.assign(source, { readers: { allOf: [["group:leads"]] } });
    Object.assign(source.pages, { "furnace.md": BILINGUAL["furnace.md"] });

    await (await openRag()).sync("pages");

    expect(await suggestions()).toEqual([]);
  });
});
