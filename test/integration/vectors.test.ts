import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmbedder } from "#src/rag/adapters/create-embedder.ts";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import { createRag, type Rag } from "#src/rag/create-rag.ts";
import type { DocumentSource } from "#src/rag/document-source.ts";
import type { AnswerEvent, SearchTrace } from "#src/rag/ports.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import { startEmbeddingServer, type EmbeddingServer } from "#test/servers/embedding-server.ts";
import { startTestMilvus } from "#test/servers/milvus-lite.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";

let postgres: TestPostgres;
let milvus: Awaited<ReturnType<typeof startTestMilvus>>;
let server: EmbeddingServer;
let store: Awaited<ReturnType<TestPostgres["createDatabase"]>>["store"];
let pages: Map<string, string>;
let collection: string;
let collections = 0;
const opened: Rag[] = [];

beforeAll(async () => {
  [postgres, milvus] = await Promise.all([startTestPostgres(), startTestMilvus()]);
});
afterAll(() => Promise.all([postgres.close(), milvus.close()]));
beforeEach(async () => {
  server = await startEmbeddingServer();
  ({ store } = await postgres.createDatabase());
  collections += 1;
  collection = `vectors${collections}`;
  pages = new Map([
    ["retry.md", "# Retry\n\nA failed training is started again with the button Retry."],
    ["lunch.md", "# Lunch\n\nThe kitchen opens at noon."],
  ]);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((rag) => rag.close()));
  await server.close();
});

async function open(options: { model?: string } = {}): Promise<Rag> {
  const { model = "test-embedder" } = options;
  const rag = createRag({
    store,
    index: createMilvusVectorIndex({ address: milvus.address, collection }),
    sources: [sourceOf("guides", pages)],
    embedder:
      model === "none"
        ? undefined
        : createEmbedder({ kind: "ollama", baseUrl: server.url, model, batchSize: 16, timeoutMs: 5_000 }),
    questionTimeoutMs: 1_000,
    prompts: await loadPrompts(join(import.meta.dirname, "../../prompts")),
    logger: pino({ level: "silent" }),
  });
  opened.push(rag);
  return rag;
}

async function ask(
  rag: Rag,
  text: string,
): Promise<{ trace: SearchTrace | undefined; events: AnswerEvent[] }> {
  const events: AnswerEvent[] = [];
  for await (const event of rag.answer({ text, locale: "en" })) events.push(event);
  const found = events.flatMap((event) => ("found" in event ? (event.found ?? []) : []));
  return { trace: found[0], events };
}
const indexed = async (rag: Rag): Promise<void> => {
  await rag.sync("guides");
  expect(await rag.settle()).toEqual({ isComplete: true });
};
const texts = (): number => server.calls().flat().length;

describe("documents and their vectors", () => {
  it("asks for each text once: an unchanged sync, a restart, a moved page and another index ask for none", async () => {
    await indexed(await open());
    const asked = texts();

    const restarted = await open();
    await indexed(restarted);
    pages.set("moved/retry.md", pages.get("retry.md") ?? "");
    pages.delete("retry.md");
    await indexed(restarted);
    collection += "again";
    await store.deleteFrom("documents").execute();
    await indexed(await open());

    // Its dimension, and one text a page.
    expect(asked).toBe(3);
    expect(texts()).toBe(asked);
  });

  it("are found by words while the embedder is away, and get their vectors when it is back", async () => {
    server.behave({ kind: "unavailable" });
    const rag = await open();

    await rag.sync("guides");
    const while_away = await ask(rag, "How is a failed training started again?");
    const settled = await rag.settle();
    server.behave({ kind: "answer" });
    await waitUntil("every vector", async () => (await rag.settle()).isComplete);

    expect(while_away.trace?.vectors).toBe("away");
    expect(while_away.events.at(-1)).toMatchObject({ kind: "answer-end" });
    expect(settled).toEqual({ isComplete: false });
    expect((await rag.sourceStates(["public"]))[0]?.withoutVectors).toBe(0);
    expect(texts()).toBe(3);
  });

  it("are embedded from where it was when the embedder breaks off", async () => {
    for (let number = 0; number < 40; number += 1)
      pages.set(`p${number}.md`, `# P${number}\n\nNotes ${number}.`);
    const rag = await open();
    await rag.sync("guides");
    await rag.settle();
    pages.set("more.md", "# More\n\nNotes about more.");
    server.behave({ kind: "unavailable" });
    await rag.sync("guides");
    await rag.settle();

    expect((await rag.sourceStates(["public"]))[0]?.withoutVectors).toBe(1);
    server.behave({ kind: "answer" });
    const before = texts();
    await rag.settle();

    expect(texts()).toBe(before + 1);
  });
});

describe("another embedder", () => {
  it("builds an index beside the old one, and questions are answered all the while", async () => {
    await indexed(await open({ model: "none" }));
    const rag = await open();
    const answers: string[] = [];
    const over = new AbortController();
    const asking = (async () => {
      while (!over.signal.aborted)
        answers.push((await ask(rag, "failed training retry button")).events.at(-1)?.kind ?? "");
    })();

    await indexed(rag);
    const other = await open({ model: "other-embedder" });
    await indexed(other);
    over.abort();
    await asking;

    expect(answers.length).toBeGreaterThan(2);
    expect(new Set(answers)).toEqual(new Set(["answer-end"]));
    expect((await ask(other, "failed training retry button")).trace?.vectors).toBe("used");
  });

  it("is what one is with another dimension: everything is embedded and written anew by itself", async () => {
    const rag = await open();
    await indexed(rag);
    server.setDimension(32);

    await ask(rag, "failed training");
    await waitUntil("an index of the new dimension", async () => {
      const { trace } = await ask(rag, "failed training");
      return trace?.vectors === "used" && (await rag.settle()).isComplete;
    });

    expect((await store.selectFrom("embedders").select("dimension").execute())[0]?.dimension).toBe(32);
  });
});

describe("a question", () => {
  it("finds a page by what it means, in another language", async () => {
    const rag = await open();
    await indexed(rag);

    const { trace } = await ask(rag, "실패했을 때 다시 학습");

    expect(trace?.vectors).toBe("used");
    expect(trace?.passages[0]?.source.title).toBe("Retry");
  });

  it("is answered by words within its second when the embedder hangs, and at once after that", async () => {
    const rag = await open();
    await indexed(rag);
    server.behave({ kind: "hang" });

    const startedMs = performance.now();
    const late = await ask(rag, "How is a failed training started again?");
    const lateMs = performance.now() - startedMs;
    const resting = await ask(rag, "How is a failed training started again?");

    expect(late.trace?.vectors).toBe("late");
    expect(late.events.at(-1)).toMatchObject({ kind: "answer-end" });
    expect(lateMs).toBeLessThan(2_500);
    expect(resting.trace?.vectors).toBe("resting");
    expect(resting.trace?.passages.length).toBeGreaterThan(0);
  });
});

function sourceOf(name: string, content: ReadonlyMap<string, string>): DocumentSource {
  return {
    name,
    settings: "",
    list: async () => ({
      documents: [...content].map(([path, text]) => ({ path, mark: text })),
      skipped: [],
    }),
    read: async (path) => ({
      path,
      bytes: Buffer.from(content.get(path) ?? ""),
      format: "markdown",
      updatedAt: new Date("2026-11-01T00:00:00Z"),
      url: `https://docs.example.com/${path}`,
    }),
  };
}
