import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import { startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { startOllama, type OllamaServer } from "#test/servers/ollama.ts";
import { wordsOf } from "#test/servers/playground-client.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";

const OPERATOR = "sora";
const SIZE = 60_000_000;
let folder: string;
let ollama: OllamaServer;
let jibsa: Jibsa;

const start = async (): Promise<Jibsa> =>
  startJibsa({ dataDir: join(folder, "data"), args: ["--config", join(folder, "jibsa.yaml")] });
beforeAll(async () => {
  folder = await makeTemporaryFolder("pull-model");
  ollama = await startOllama({ models: ["llama3.2:latest"], library: { "qwen3:8b": [SIZE] } });
  await writeSettings(folder, (settings) => {
    settings["model"] = { provider: "ollama", url: ollama.url, name: "llama3.2" };
  });
  jibsa = await start();
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await ollama.close();
  await rm(folder, { recursive: true, force: true });
});

it(
  "a model that is pulled shows how far it is, and goes on after the bot was killed",
  { timeout: 120_000 },
  async () => {
    const type = (user: string, text: string) => jibsa.playground.command(user, "general", "/jibsa", text);
    await type("minji", "models pull qwen3:8b");
    const refused = await jibsa.playground.waitFor("minji", "general", ({ text }) =>
      text.includes("models-pull"),
    );
    await type(OPERATOR, "models");
    const list = await jibsa.playground.waitFor(OPERATOR, "general", (message) =>
      wordsOf(message).includes("`llama3.2:latest`"),
    );
    await type(OPERATOR, "models pull qwen3:8b");
    await jibsa.playground.waitFor(OPERATOR, "general", ({ text }) => text.includes("in a direct message"));
    const pullMessages = async () =>
      (await jibsa.playground.messages(OPERATOR, "jibsa")).filter(({ text }) => text.includes("qwen3:8b"));
    await waitUntil("a part to come", () => ollama.fetchedBytes() > SIZE / 10);
    ollama.hold(true);
    await waitUntil("the message to stand there", async () => (await pullMessages()).length > 0);

    await jibsa.kill();
    await waitUntil("the pull to break off", () => ollama.openPulls() === 0);
    ollama.hold(false);
    jibsa = await start();
    await waitUntil(
      "the rest to come",
      async () => (await pullMessages()).some((message) => wordsOf(message).includes("✅ Pulled")),
      60_000,
    );

    expect(refused.is_ephemeral).toBe(true);
    expect(wordsOf(list)).toContain("configured: `llama3.2`");
    expect(await pullMessages()).toHaveLength(1);
    expect(ollama.pulls()).toBeGreaterThanOrEqual(2);
    expect(ollama.fetchedBytes()).toBe(SIZE);
  },
);
