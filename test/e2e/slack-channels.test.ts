import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import { startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { wordsOf } from "#test/servers/playground-client.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";

const CHANNEL = "llm-training";
const RESEARCHER = "U01RESEARCHER";
const LEAD = "U02LEAD";
let folder: string;
let jibsa: Jibsa;

beforeAll(async () => {
  folder = await makeTemporaryFolder("channels");
  const config = await writeSettings(folder, (settings) => {
    settings["knowledge"] = { sources: [{ name: "threads", every: "10s", slack: {} }] };
  });
  jibsa = await startJibsa({ dataDir: `${folder}/data`, args: ["--config", config] });
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await rm(folder, { recursive: true, force: true });
});

const ended = async (user: string): Promise<number> =>
  (await jibsa.playground.messages(user, "jibsa")).filter((message) =>
    wordsOf(message).includes("threads 동기화가 끝났어요"),
  ).length;
/** One that began after now. */
async function sync(): Promise<void> {
  const before = await ended(RESEARCHER);
  await jibsa.playground.command(RESEARCHER, CHANNEL, "/docs", "sync threads");
  await waitUntil("the sync to be told of", async () => (await ended(RESEARCHER)) > before, 60_000);
}
async function ask(question: string): Promise<string> {
  const ts = await jibsa.playground.say(LEAD, CHANNEL, `@jibsa ${question}`);
  const answer = await jibsa.playground.waitFor(
    LEAD,
    CHANNEL,
    (message) => message.bot_id !== undefined && /answer\.helpful|know|모르|찾지/.test(wordsOf(message)),
    { threadTs: ts },
  );
  return wordsOf(answer);
}
async function command(user: string, text: string, fits: RegExp, channel = CHANNEL): Promise<string> {
  await jibsa.playground.command(user, channel, "/docs", text);
  return wordsOf(await jibsa.playground.waitFor(user, channel, (message) => fits.test(wordsOf(message))));
}

describe("threads of a channel", () => {
  let first: string;
  let answer: string;

  it("are no documents until a member says so, which everybody in the channel sees", async () => {
    first = await jibsa.playground.say(RESEARCHER, CHANNEL, "Which rack has the zebrafish switch?");
    answer = await jibsa.playground.say(LEAD, CHANNEL, "The zebrafish switch is in rack 17.", first);

    await command(RESEARCHER, "channel off", /쓰고 있지 않아요/);
    const told = await command(RESEARCHER, "channel on", /스레드를 문서로 쓰도록 켰어요/);
    const seen = await jibsa.playground.messages(LEAD, CHANNEL);

    expect(told).toContain(`<@${RESEARCHER}>`);
    expect(seen.some((message) => wordsOf(message).includes("스레드를 문서로 쓰도록 켰어요"))).toBe(true);
    await command(RESEARCHER, "channel on", /이미 문서로 쓰고/);
  });

  it("are then answered from, with a link to where it was said", { timeout: 90_000 }, async () => {
    await sync();

    const text = await ask("In which rack is the zebrafish switch?");

    expect(text).toContain("rack 17");
    expect(text).toContain(`/archives/C02TRAINING/p${first.replace(".", "")}`);
  });

  it("are followed when an answer in them is edited, of which Slack's lists do not tell", async () => {
    await jibsa.playground.post("edit", {
      user: LEAD,
      channel: CHANNEL,
      ts: answer,
      text: "The zebrafish switch is in rack 23 now.",
    });
    // The event and the sync go different ways.
    let text = "";
    await waitUntil(
      "the edit to be read",
      async () => {
        await sync();
        text = await ask("In which rack is the zebrafish switch now?");
        return text.includes("rack 23");
      },
      90_000,
    );

    expect(text).not.toContain("rack 17");
  }, 120_000);

  it("are never cited again with what was deleted", { timeout: 90_000 }, async () => {
    await jibsa.playground.post("delete", { user: LEAD, channel: CHANNEL, ts: answer });
    await sync();

    expect(await ask("Where is the zebrafish switch, in which rack?")).not.toContain("rack 23");
  });

  it("are taken out again when a member switches them off", { timeout: 90_000 }, async () => {
    const before = await ended(LEAD);
    await command(LEAD, "channel off", /쓰지 않도록 껐어요/);
    await waitUntil("the sync that follows to be told of", async () => (await ended(LEAD)) > before, 60_000);

    expect(await ask("Which rack has the zebrafish switch?")).not.toContain("/archives/C02TRAINING/");
  });

  it("cannot be switched on where Jibsa is no member, or in a direct message", async () => {
    await jibsa.playground.post("kick", { channel: "mlops-alerts", user: "jibsa" });
    await jibsa.playground.command(RESEARCHER, "mlops-alerts", "/docs", "channel on");

    const told = await jibsa.playground.waitFor(RESEARCHER, "jibsa", (message) =>
      wordsOf(message).includes("먼저 초대해 주세요"),
    );
    expect(told).toBeDefined();
    expect(await command(RESEARCHER, "channel on", /채널에서 입력해 주세요/, "jibsa")).toBeTruthy();
  });
});
