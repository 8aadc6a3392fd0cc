import { createHmac } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSlackPlayground, type SlackPlayground } from "#src/playground/slack/start-slack-playground.ts";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import { freePort } from "#test/servers/free-port.ts";
import { startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { createPlaygroundClient, wordsOf, type PlaygroundClient } from "#test/servers/playground-client.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const USER = "U03OPERATOR";
let folder: string;
let workspace: SlackPlayground;
let jibsa: Jibsa;
let people: PlaygroundClient;
let eventsUrl: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder("http");
  const port = await freePort();
  eventsUrl = `http://127.0.0.1:${port}/slack/events`;
  workspace = await startSlackPlayground({ port: 0, appHttpUrl: eventsUrl });
  people = createPlaygroundClient(workspace.url);
  const config = await writeSettings(folder, (settings) => {
    settings["slack"] = { apiUrl: workspace.apiUrl };
    settings["listen"] = { slackHttpPort: port };
  });
  jibsa = await startJibsa({
    dataDir: join(folder, "data"),
    args: ["--config", config],
    env: { SLACK_BOT_TOKEN: workspace.botToken, SLACK_SIGNING_SECRET: workspace.signingSecret },
  });
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await workspace.close();
  await rm(folder, { recursive: true, force: true });
});

/** A slash command as Slack signs it, dated `ageS` seconds ago. */
function signed(options: { trigger: string; ageS?: number; secret?: string }) {
  const body = new URLSearchParams({
    command: "/cluster",
    text: "status",
    user_id: USER,
    team_id: "T00JIBSA",
    channel_id: "C01GENERAL",
    trigger_id: options.trigger,
    response_url: `${workspace.url}/commands/none`,
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000) - (options.ageS ?? 0));
  const secret = options.secret ?? workspace.signingSecret;
  const digest = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  return {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${digest}`,
    },
    body,
  };
}
const answers = async () =>
  (await people.messages(USER, "general")).filter((message) => wordsOf(message).includes("GPUs allocated"));

describe("over HTTP", () => {
  it("a question is answered and a command too", async () => {
    const ts = await people.say(USER, "general", "@jibsa How do I cancel a run?");
    await people.waitFor(USER, "general", (message) => wordsOf(message).includes("answer.helpful"), {
      threadTs: ts,
    });
    await people.command(USER, "general", "/cluster", "status");
    await people.waitFor(USER, "general", (message) => wordsOf(message).includes("GPUs allocated"));
  });

  it("a request is taken once, however often its signature is played again", async () => {
    const before = (await answers()).length;
    const request = signed({ trigger: "t.replayed" });

    const statuses: number[] = [];
    for (let index = 0; index < 11; index += 1) statuses.push((await fetch(eventsUrl, request)).status);

    await people.waitFor(USER, "general", (message) => wordsOf(message).includes("GPUs allocated"));
    await people.command(USER, "general", "/train", "list");
    await people.waitFor(USER, "general", (message) => /runs/i.test(message.text));
    expect(statuses[0]).toBe(200);
    expect(await answers()).toHaveLength(before + 1);
  });

  it.each([
    ["forged", { secret: "another secret" }],
    ["six minutes old", { ageS: 360 }],
    ["dated six minutes ahead", { ageS: -360 }],
  ])("a request that is %s is refused", async (name, options) => {
    const before = (await answers()).length;

    const { status } = await fetch(eventsUrl, signed({ trigger: `t.${name}`, ...options }));

    expect(status).toBeGreaterThanOrEqual(400);
    await people.command(USER, "general", "/train", "list");
    expect(await answers()).toHaveLength(before);
  });

  it("a body that is too large, or no body at all, is refused and breaks nothing", async () => {
    const large = await fetch(eventsUrl, { method: "POST", body: "x".repeat(2_000_000) }).catch(
      () => undefined,
    );
    const empty = await fetch(eventsUrl, { method: "POST" });

    expect(large?.status ?? 413).toBeGreaterThanOrEqual(400);
    expect(empty.status).toBeGreaterThanOrEqual(400);
    await people.command(USER, "general", "/cluster", "");
    await people.command(USER, "general", "/cluster", "");
    await people.waitFor(USER, "general", (message) => message.text.includes("/cluster status"));
  });
});
