import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFolderSource } from "#src/rag/adapters/folder-source.ts";
import { createRag, type Rag } from "#src/rag/create-rag.ts";
import type { AnswerEvent } from "#src/rag/ports.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { POD_DESCRIPTION, STACK_TRACE } from "#test/fixtures/pasted-errors.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const PROJECT = join(import.meta.dirname, "../..");
let postgres: TestPostgres;
let rag: Rag;
beforeAll(async () => {
  postgres = await startTestPostgres();
  const { store } = await postgres.createDatabase();
  rag = createRag({
    store,
    index: createInMemoryVectorIndex(),
    sources: [
      createFolderSource({
        name: "en",
        folder: join(PROJECT, "docs/en"),
        baseUrl: "https://docs.example.com/",
      }),
    ],
    prompts: await loadPrompts(join(PROJECT, "prompts")),
    logger: pino({ level: "silent" }),
  });
  await rag.sync("en");
});
afterAll(async () => {
  await rag.close();
  await postgres.close();
});

async function ask(text: string) {
  const events: AnswerEvent[] = [];
  for await (const event of rag.answer({ text, locale: "en" })) events.push(event);
  return {
    pages: events.flatMap((event) => (event.kind === "citation" ? [event.source.url] : [])),
    end: events.at(-1)?.kind,
  };
}

describe("what people paste", () => {
  it.each([
    ["kubectl describe of a pod that was killed", POD_DESCRIPTION, "/when-training-fails.md"],
    ["a stack trace", STACK_TRACE, "/retry-a-failed-run.md"],
    [
      "a stack trace of thousands of characters",
      `${'  File "/app/some/module.py", line 10, in call\n    return inner(*args)\n'.repeat(90)}${STACK_TRACE}`,
      "/retry-a-failed-run.md",
    ],
  ])("is found by its very words: %s", async (_, pasted, page) => {
    const { pages, end } = await ask(pasted);

    expect(end).toBe("answer-end");
    expect(pages.join(" ")).toContain(page);
  });

  it("of which no page knows is not answered from the nearest", async () => {
    const lines = Array.from(
      { length: 12 },
      (_, line) => `zorbl${line}: quux not found in frobnicator ${line}`,
    );

    expect((await ask(`${lines.join("\n")}\n${"x".repeat(300)}`)).end).toBe("no-answer");
  });
});
