import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createRag, type Rag } from "#src/rag/create-rag.ts";
import { listCuratedAnswers, removeCuratedAnswer, saveCuratedAnswer } from "#src/rag/curated-answers.ts";
import type { AnswerEvent, Question, SourceRef } from "#src/rag/ports.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import type { Store } from "#src/store/database.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { createSourceOfPages } from "#test/fixtures/source-of-pages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const AT = new Date("2026-03-01T00:00:00Z");
const QUESTION = "How do I retry a failed training run?";
let postgres: TestPostgres;
let store: Store;
let source: ReturnType<typeof createSourceOfPages>;
let rag: Rag;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
  source = createSourceOfPages({
    "retry.md": "# Retry a failed run\n\nA failed training run is started again with the button Retry.\n",
    "other.md": "# Other\n\nSomething else.\n",
  });
  rag = createRag({
    store,
    index: createInMemoryVectorIndex(),
    sources: [source],
    prompts: await loadPrompts(join(import.meta.dirname, "../../prompts")),
    logger: pino({ level: "silent" }),
  });
  await rag.sync("pages");
});
afterEach(() => rag.close());

async function ask(text: string, more: Partial<Question> = {}) {
  const events: AnswerEvent[] = [];
  for await (const event of rag.answer({ text, locale: "en", ...more })) events.push(event);
  const end = events.at(-1);
  return {
    text: events.map((event) => (event.kind === "text-delta" ? event.text : "")).join(""),
    cited: events.flatMap((event) => (event.kind === "citation" ? [event.source] : [])),
    mode: end?.kind === "answer-end" ? end.mode : end?.kind,
    end,
  };
}
async function curate(answer: string, cited: readonly SourceRef[], question = QUESTION, id = "a1") {
  const by = { slackUserId: "U02LEAD", name: "junho", at: AT };
  await saveCuratedAnswer(store, { id, question, answer, locale: "en", cited, answerId: "r1", by });
}

describe("a curated answer", () => {
  it("comes first on such questions, with its pages, and says who wrote it and when", async () => {
    const { cited } = await ask(QUESTION);
    await curate("Press Retry, after reading its log.", cited);

    const answer = await ask("how can I rerun a failed training run");

    expect(answer.text).toBe("Press Retry, after reading its log. [1]");
    expect(answer.cited).toMatchObject([{ url: "https://pages.example.com/retry.md#retry-a-failed-run" }]);
    expect(answer.end).toEqual({
      kind: "answer-end",
      mode: "curated",
      by: { slackUserId: "U02LEAD", name: "junho", at: AT },
    });
  });

  it("is for no other question, no other language, no follow-up, no named model and no other source", async () => {
    const { cited } = await ask(QUESTION);
    await curate("Press Retry.", cited);
    const person = { role: "person", text: "What is a run?" } as const;

    expect((await ask("How do I cancel a failed training run?")).mode).not.toBe("curated");
    expect((await ask(QUESTION, { locale: "ko" })).mode).not.toBe("curated");
    expect((await ask(QUESTION, { history: [person] })).mode).not.toBe("curated");
    expect((await ask(QUESTION, { model: "large" })).mode).not.toBe("curated");
    expect((await ask(QUESTION, { sources: ["wiki"] })).mode).not.toBe("curated");
    expect((await ask(QUESTION, { sources: ["pages"] })).mode).toBe("curated");
  });

  it("ends when its page changes or goes, and when somebody removes it", async () => {
    const { cited } = await ask(QUESTION);
    await curate("Press Retry.", cited);
    const unchanged = source.pages["retry.md"] ?? "";

    source.pages["retry.md"] = `${unchanged}\nMore.\n`;
    await rag.sync("pages");
    expect((await ask(QUESTION)).mode).toBe("extractive");
    expect(await listCuratedAnswers(store)).toMatchObject([{ isCurrent: false }]);

    source.pages["retry.md"] = unchanged;
    await rag.sync("pages");
    expect((await ask(QUESTION)).mode).toBe("curated");
    delete source.pages["retry.md"];
    await rag.sync("pages");
    expect((await ask(QUESTION)).mode).not.toBe("curated");

    const [known] = await listCuratedAnswers(store);
    const remove = () => removeCuratedAnswer(store, { number: known?.number ?? 0, by: "U1", at: AT });
    expect(await remove()).toEqual({ question: QUESTION });
    expect(await remove()).toBeUndefined();
    expect(await listCuratedAnswers(store)).toEqual([]);
  });

  it("is offered only where all of its pages may be read", async () => {
    Object.assign(source, { readers: { allOf: [["group:leads"]] } });
    await rag.sync("pages");
    const row = await store
      .selectFrom("documents")
      .select("audience")
      .where("path", "=", "retry.md")
      .executeTakeFirst();
    const audiences = ["public", row?.audience ?? ""];
    await curate("Press Retry.", (await ask(QUESTION, { audiences })).cited);

    expect((await ask(QUESTION, { audiences })).mode).toBe("curated");
    expect((await ask(QUESTION)).mode).toBe("no-answer");
  });

  it("takes the place of the one for the same question, and is kept once", async () => {
    const { cited } = await ask(QUESTION);
    await curate("Press Retry.", cited);
    await curate("Press Retry twice.", cited, "how do I retry a failed training run", "a2");
    await curate("Press Retry twice.", cited, "how do I retry a failed training run", "a2");

    expect((await listCuratedAnswers(store)).map(({ answer }) => answer)).toEqual(["Press Retry twice."]);
  });

  it("links nowhere but to its pages, whatever was typed", async () => {
    const { cited } = await ask(QUESTION);
    await curate("See [here](https://evil.example/x), <https://evil.example|this> and <!channel>.", cited);

    const { text } = await ask(QUESTION);

    expect(text).not.toMatch(/evil|<!|\]\(/);
  });
});
