import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import {
  EMAIL,
  startConfluence,
  TOKEN,
  type TestConfluence,
  type WikiPage,
} from "#test/servers/confluence.ts";
import { startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { wordsOf } from "#test/servers/playground-client.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";

const RESEARCHER = "U01RESEARCHER";
const LEAD = "U02LEAD";
let folder: string;
let wiki: TestConfluence;
let jibsa: Jibsa;
let page: WikiPage;

beforeAll(async () => {
  folder = await makeTemporaryFolder("wiki");
  wiki = await startConfluence("cloud");
  page = wiki.put("Reviews", "<p>The zebrafish committee meets every March.</p>");
  wiki.put("Queues", "<p>Runs wait for GPUs in the order of their queues.</p>");
  const config = await writeSettings(folder, (settings) => {
    settings["knowledge"] = {
      sources: [
        {
          name: "wiki",
          confluence: {
            url: wiki.url,
            email: EMAIL,
            tokenEnv: "WIKI_TOKEN",
            spaces: ["ML"],
            privateHosts: ["127.0.0.1"],
            groups: { leads: ["group:ml-leads"] },
          },
        },
      ],
    };
  });
  jibsa = await startJibsa({
    dataDir: `${folder}/data`,
    args: ["--config", config],
    env: { WIKI_TOKEN: TOKEN },
  });
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await wiki.close();
  await rm(folder, { recursive: true, force: true });
});

const ended = async (): Promise<number> =>
  (await jibsa.playground.messages(RESEARCHER, "jibsa")).filter((message) =>
    wordsOf(message).includes("wiki 동기화가 끝났어요"),
  ).length;
async function sync(): Promise<void> {
  const before = await ended();
  await jibsa.playground.command(RESEARCHER, "llm-training", "/docs", "sync wiki");
  await waitUntil("the sync to be told of", async () => (await ended()) > before, 60_000);
}
async function ask(user: string, channel: string): Promise<string> {
  const question = "When does the zebrafish committee meet?";
  const ts = await jibsa.playground.say(user, channel, channel === "jibsa" ? question : `@jibsa ${question}`);
  const answer = await jibsa.playground.waitFor(
    user,
    channel,
    (message) => message.bot_id !== undefined && /answer\.helpful|know|모르|찾지/.test(wordsOf(message)),
    { threadTs: ts },
  );
  return wordsOf(answer);
}

describe("a page of Confluence", () => {
  it("is cited with its address", async () => {
    await sync();

    const text = await ask(RESEARCHER, "llm-training");

    expect(text).toContain("every March");
    expect(text).toContain(`/wiki/spaces/ML/pages/${page.id}/Reviews`);
  }, 90_000);

  it("that was restricted after it was indexed is not cited after the sync, but to those whom the wiki still shows it", async () => {
    wiki.pages.set(page.id, { ...page, restriction: { groups: ["leads"] } });
    await sync();

    for (const channel of ["llm-training", "jibsa"]) {
      const text = await ask(RESEARCHER, channel);
      expect(text).not.toContain("March");
      expect(text).not.toContain("Reviews");
      expect(text).not.toContain(page.id);
    }
    expect(await ask(LEAD, "llm-training")).not.toContain("March");
    expect(await ask(LEAD, "jibsa")).toContain("every March");
  }, 120_000);

  it("that is in the trash is cited to nobody", async () => {
    wiki.pages.set(page.id, { ...page, status: "trashed" });
    await sync();

    expect(await ask(LEAD, "jibsa")).not.toContain("March");
  }, 90_000);
});
