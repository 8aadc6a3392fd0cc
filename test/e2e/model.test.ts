import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import { startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { startModelServer, type ModelServer } from "#test/servers/model-server.ts";
import { wordsOf } from "#test/servers/playground-client.ts";
import { waitUntil } from "#test/wait-until.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const CHANNEL = "general";
const OPERATOR = "sora";
let folder: string;
let model: ModelServer;
let jibsa: Jibsa;

beforeAll(async () => {
  folder = await makeTemporaryFolder("model");
  model = await startModelServer();
  const config = await writeSettings(folder, (settings) => {
    settings["model"] = { provider: "auto", url: model.url, timeout: "20s" };
  });
  jibsa = await startJibsa({ dataDir: join(folder, "data"), args: ["--config", config] });
  await waitUntil(
    "both languages to be indexed",
    () => [...jibsa.output().matchAll(/"msg":"synced a source"/g)].length >= 2,
  );
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(question: string) {
  const ts = await jibsa.playground.say(OPERATOR, CHANNEL, `@jibsa ${question}`);
  const answered = () =>
    jibsa.playground.waitFor(OPERATOR, CHANNEL, (message) => wordsOf(message).includes("answer.helpful"), {
      threadTs: ts,
    });
  return { ts, answered };
}

describe("with a model", () => {
  it("an answer appears while it is written, names the model and cites pages of the index only", async () => {
    const sentence = "Start the same stage again with the same parameters, after reading its log. [1] ";
    model.behave({
      kind: "answer",
      text: `${sentence.repeat(6)}See https://evil.example/x [2] and <!channel>.`,
      delayMs: 25,
    });

    const { ts, answered } = await ask("How do I retry a failed training run?");
    const seen = new Set<number>();
    await waitUntil("the text to grow", async () => {
      const [, answer] = await jibsa.playground.messages(OPERATOR, CHANNEL, ts);
      if (answer !== undefined) seen.add(wordsOf(answer).length);
      return seen.size >= 3;
    });
    const words = wordsOf(await answered());

    expect(words).toContain("generated · test-model");
    expect(words).toMatch(/\[1\] <http:\/\/127\.0\.0\.1:\d+\/docs\/en\/retry/);
    expect(words).not.toMatch(/<!channel>|<https:\/\/evil|\(https:\/\/evil/);
    expect(model.prompts().at(-1)).toContain("retry");
  });

  it("that breaks off, the documents are quoted instead", async () => {
    model.behave({ kind: "broken", text: "Start the same stage again. [1] And then", afterCharacters: 20 });

    const words = wordsOf(await (await ask("Who has to approve a training run?")).answered());

    expect(words).toContain("quoted from the documents");
    expect(words).not.toContain("And then");
  });
});
