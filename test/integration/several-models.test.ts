import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createChatModel } from "#src/rag/adapters/create-chat-model.ts";
import { answerOfModel, countDuels } from "#src/rag/compare-models.ts";
import { createRag, type Rag } from "#src/rag/create-rag.ts";
import type { DocumentSource } from "#src/rag/document-source.ts";
import type { AnswerEvent } from "#src/rag/ports.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import type { Store } from "#src/store/database.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { startModelServer, type ModelServer } from "#test/servers/model-server.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const PAGE = "# Retry a failed run\n\nA failed training run is started again with the button Retry.\n";
const source: DocumentSource = {
  name: "docs",
  settings: "",
  list: async () => ({
    documents: [{ path: "retry.md" }],
    skipped: [],
  }),
  read: async (path) => ({
    path,
    bytes: Buffer.from(PAGE),
    format: "markdown",
    updatedAt: new Date(0),
    url: "https://docs.example.com/retry.md",
  }),
  watch: async () => async () => {},
};

const openAiModel = (server: ModelServer) =>
  createChatModel({ kind: "openai-compatible", baseUrl: server.openAiUrl, model: "m" });

let postgres: TestPostgres;
let fast: ModelServer;
let large: ModelServer;
let rag: Rag;
let store: Store;
beforeAll(async () => {
  [postgres, fast, large] = await Promise.all([startTestPostgres(), startModelServer(), startModelServer()]);
  // The first question loads the SDK, which is none of the model's time.
  for await (const _ of openAiModel(fast).stream({ system: "", user: "" }));
});
afterEach(() => rag.close());
afterAll(() => Promise.all([postgres.close(), fast.close(), large.close()]));

beforeEach(async () => {
  fast.behave({ kind: "answer", text: "The fast one says: press Retry. [1]" });
  large.behave({ kind: "answer", text: "The large one says: press Retry. [1]" });
  ({ store } = await postgres.createDatabase());
  const model = (name: string, server: ModelServer) => ({
    model: { ...openAiModel(server), name },
    firstTokenMs: 1_000,
  });
  rag = createRag({
    store,
    index: createInMemoryVectorIndex(),
    models: [model("fast", fast), model("large", large)],
    sources: [source],
    prompts: await loadPrompts(join(import.meta.dirname, "../../prompts")),
    logger: pino({ level: "silent" }),
    now: () => new Date("2026-11-01T00:00:00Z"),
  });
  await rag.sync("docs");
});

async function ask(model?: string) {
  const events: AnswerEvent[] = [];
  const question = { text: "How do I retry a failed training run?", locale: "en" as const };
  for await (const event of rag.answer({ ...question, ...(model !== undefined && { model }) }))
    events.push(event);
  const kept = events.slice(events.findLastIndex((event) => event.kind === "restart") + 1);
  const text = kept.map((event) => (event.kind === "text-delta" ? event.text : "")).join("");
  const end = events.at(-1);
  return {
    text,
    by:
      end?.kind === "answer-end" ? (end.mode === "curated" ? end.mode : (end.model ?? end.mode)) : end?.kind,
  };
}

describe("several models", () => {
  it("are tried in their order, the wanted one first", async () => {
    const byDefault = await ask();
    const wanted = await ask("large");

    expect(byDefault).toMatchObject({ by: "fast" });
    expect(wanted).toMatchObject({ by: "large", text: expect.stringContaining("The large one") as string });
  });

  it.each([
    ["is away", { kind: "unavailable" }],
    ["says nothing in time", { kind: "hang" }],
    [
      "breaks off in the middle",
      { kind: "broken", text: "The fast one says: press it. [1] And", afterCharacters: 32 },
    ],
    ["cites nothing", { kind: "answer", text: "The fast one made this up." }],
  ] as const)("stand in for one that %s, and nothing of it stays", async (_, behaviour) => {
    fast.behave(behaviour);

    const { text, by } = await ask();

    expect(by).toBe("large");
    expect(text).not.toContain("fast");
  });

  it("leave one that failed alone for a while, unless it is asked for", async () => {
    fast.behave({ kind: "unavailable" });
    await ask();
    fast.behave({ kind: "answer", text: "The fast one is back. [1]" });

    const atOnce = await ask();
    const wanted = await ask("fast");
    const afterwards = await ask();

    expect([atOnce.by, wanted.by, afterwards.by]).toEqual(["large", "fast", "fast"]);
  });

  it("that all fail leave quotes", async () => {
    fast.behave({ kind: "unavailable" });
    large.behave({ kind: "unavailable" });

    expect(await ask()).toMatchObject({ by: "extractive" });
  });
});

describe("two models that are compared", () => {
  const compared = (model: string) =>
    answerOfModel(
      (question) => rag.answer(question),
      { text: "How do I retry a failed training run?", locale: "en" },
      model,
      () => 0,
    );

  it("answer for themselves alone, with the tokens that their server counts", async () => {
    fast.behave({ kind: "unavailable" });

    const [first, second] = await Promise.all([compared("fast"), compared("large")]);

    expect(first).toMatchObject({ model: "fast", mode: "extractive" });
    expect(first.text).toContain("“");
    expect(second).toMatchObject({
      mode: "generated",
      text: expect.stringContaining("The large one") as string,
      tokens: { prompt: 40, answer: 2 },
      citations: [{ number: 1 }],
    });
  });

  it("are counted whichever was named first, a person's newest vote once", async () => {
    const compare = (id: string, first: string, second: string) =>
      store
        .insertInto("comparisons")
        .values({
          id,
          question: "q",
          asker: "U1",
          channel: "C1",
          first_model: first,
          second_model: second,
          answers: "{}",
        })
        .execute();
    const vote = (id: string, person: string, choice: "first" | "second") =>
      store.insertInto("comparison_votes").values({ comparison_id: id, person, choice }).execute();
    await compare("a", "fast", "large");
    await compare("b", "large", "fast");
    await compare("c", "large", "tiny");
    await vote("a", "U1", "first");
    await vote("a", "U2", "second");
    await vote("b", "U1", "first");

    expect(await countDuels(store, new Date(0))).toEqual([
      { models: ["fast", "large"], comparisons: 2, votes: [1, 2] },
      { models: ["large", "tiny"], comparisons: 1, votes: [0, 0] },
    ]);
    await expect(vote("a", "U1", "second")).rejects.toThrow();
  });
});
