import { describe, expect, it } from "vitest";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { indexDocument } from "./indexed-document.ts";
import type { Question } from "./ports.ts";
import { retrieve } from "./retrieve.ts";
import { termStatistics } from "./term-statistics.ts";

async function search(
  pages: Readonly<Record<string, string>>,
  text: string,
  overrides: Partial<Question> = {},
) {
  const index = createInMemoryVectorIndex();
  const filler = Object.fromEntries(
    Array.from({ length: 20 }, (_, number) => [`other-${number}.md`, `# Topic ${number}\n\nSomething else.`]),
  );
  for (const [path, content] of Object.entries({ ...pages, ...filler })) {
    const document = {
      path,
      content,
      format: "markdown" as const,
      updatedAt: new Date(0),
      url: `https://d.example/${path}`,
    };
    await index.upsert(indexDocument("docs", "public", document).chunks);
  }
  const statistics = termStatistics(await index.sampleSearchTexts(1_000));
  const found = await retrieve(
    { index, statistics: async () => statistics },
    { text, locale: "en", ...overrides },
  );
  return { ...found, pages: [...new Set(found.passages.map(({ chunk }) => chunk.path))] };
}

describe("retrieve", () => {
  it("prefers the page whose title is the question over one that mentions its words", async () => {
    const { pages } = await search(
      {
        "retry.md": "# Retry a run\n\nPress the button.",
        "log.md": "# Log\n\nA retry of the run: the retry was seen, the run too, retry, run.",
      },
      "How do I retry a run?",
    );

    expect(pages[0]).toBe("retry.md");
  });

  it("begins with what stands before a page's first section where only the subject is asked", async () => {
    const { passages } = await search(
      {
        "apparmor.md": `# AppArmor\n\nA security module of the kernel.\n\n## Upgrading AppArmor\n\nAppArmor 1 to AppArmor 2.`,
      },
      "What is AppArmor?",
    );

    expect(passages.map(({ chunk }) => chunk.headings)).toEqual([
      ["AppArmor"],
      ["AppArmor", "Upgrading AppArmor"],
    ]);
  });

  it("shows typical pages where no page has a word of the question", async () => {
    const { passages, nearest } = await search({}, "Quelle est la capitale?");

    expect(passages).toEqual([]);
    expect(nearest.map(({ title }) => title)).toHaveLength(3);
  });

  it.each([
    ["docs/ko/queue.md", "docs/queue.md"],
    ["ko/queue.md", "en/queue.md"],
    ["queue.ko.md", "queue.md"],
  ])("answers from the twin in the asker's language: %s and %s", async (korean, english) => {
    const twins = {
      [korean]: "# 대기열 queue\n\nGPU queue 순서는 먼저 온 순서예요.",
      [english]: "# Queue\n\nThe order of the GPU queue is first in, first out.",
    };

    expect((await search(twins, "GPU queue 순서가 뭐예요?", { locale: "ko" })).pages).toEqual([korean]);
    expect((await search(twins, "What is the order of the GPU queue?")).pages).toEqual([english]);
    expect((await search(twins, "What is the order of the GPU queue?", { locale: "ko" })).pages).toEqual([
      english,
    ]);
    expect((await search(twins, "GPU queue", { locale: "ko" })).pages).toEqual([korean]);
  });

  it("gives at most three chunks of a page and eight in all", async () => {
    const section = (number: number) => `## Quota ${number}\n\nThe quota of team ${number}.`;
    const page = (name: string) =>
      `# ${name} quota\n\n${Array.from({ length: 6 }, (_, number) => section(number)).join("\n\n")}`;

    const { passages } = await search(
      { "a.md": page("A"), "b.md": page("B"), "c.md": page("C") },
      "quota of a team",
    );

    expect(passages).toHaveLength(8);
    expect(passages.filter(({ chunk }) => chunk.path === "a.md")).toHaveLength(3);
  });

  it("finds nothing, and names the nearest, where one word of many fits", async () => {
    const { passages, nearest, confidence } = await search(
      { "nodes.md": "# Nodes\n\nEach node has eight GPUs." },
      "Which restaurant near the node delivers lunch?",
    );

    expect(passages).toEqual([]);
    expect(confidence).toBeLessThan(0.39);
    expect(nearest.map((page) => page.title)).toEqual(["Nodes"]);
  });

  it("searches with at most 120 tokens of a pasted log", async () => {
    const log = Array.from({ length: 3_000 }, (_, number) => `error${number}`).join(" ");

    expect((await search({ "a.md": "# error7\n\nMeans seven." }, log)).terms.length).toBeLessThanOrEqual(40);
  });
});
