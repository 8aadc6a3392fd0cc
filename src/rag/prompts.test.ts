import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPrompts } from "./prompts.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "jibsa-prompts-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(text: string) {
  await writeFile(join(folder, "answer.md"), text);
  await writeFile(
    join(folder, "summary.md"),
    "---\nversion: 1\nvariables: []\n---\n# System\nx\n# User\ny\n",
  );
  return (await loadPrompts(folder)).answer;
}

describe("loadPrompts", () => {
  it("fills both parts, and leaves braces in values alone", async () => {
    const prompt = await load(
      "---\nversion: 3\nvariables: [who, what]\n---\n# System\nHi {{who}}.\n\n# User\n{{what}}\n",
    );

    expect(prompt.version).toBe(3);
    expect(prompt.render({ who: "{{what}} $& $1", what: "x" })).toEqual({
      system: "Hi {{what}} $& $1.",
      user: "x",
    });
    expect(() => prompt.render({ who: "a" })).toThrow("no value for what");
  });

  it.each([
    [
      "an undeclared variable",
      "---\nversion: 1\nvariables: []\n---\n# System\n{{x}}\n# User\ny\n",
      "differ: x",
    ],
    ["an unused one", "---\nversion: 1\nvariables: [x]\n---\n# System\na\n# User\nb\n", "differ: x"],
    ["a missing part", "---\nversion: 1\nvariables: []\n---\n# System\na\n", "# User"],
    ["no version", "---\nvariables: []\n---\n# System\na\n# User\nb\n", "version"],
  ])("refuses %s", async (_, text, message) => {
    await expect(load(text)).rejects.toThrow(message);
  });

  it("reads the ones of this project", async () => {
    const { answer } = await loadPrompts(join(import.meta.dirname, "../../prompts"));

    const values = {
      fence: "f-1",
      passages: "[1] A\nb",
      history: "(none)",
      question: "q?",
      language: "Korean",
    };
    expect(answer.render(values).user).toContain("<f-1>\n[1] A\nb\n</f-1>");
  });
});
