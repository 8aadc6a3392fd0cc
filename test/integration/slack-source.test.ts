import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSlackSource, type SlackSourceOptions } from "#src/rag/adapters/slack-source/slack-source.ts";
import type { IndexedChannel } from "#src/rag/indexed-channels.ts";
import { driveSlackPlayground } from "./slack-playground-driver.ts";

type World = Awaited<ReturnType<typeof driveSlackPlayground>>;
const LONG = "The H100 nodes are drained every second Tuesday from 9 to 11, so submit runs before or after.";
let world: World;
let channels: IndexedChannel[];
let channel: string;
beforeEach(async () => {
  world = await driveSlackPlayground();
  ({ channel } = (await world.post("say", {
    user: "U01RESEARCHER",
    channel: "llm-training",
    text: "hello",
  })) as unknown as { channel: string });
  channels = [{ channel, changes: new Map() }];
});
afterEach(() => world.close());

const open = (options: Partial<SlackSourceOptions> = {}) =>
  createSlackSource({
    name: "threads",
    connection: { botToken: world.playground.botToken, apiUrl: world.playground.apiUrl },
    channels: async () => channels,
    publicChannels: "members",
    days: 30,
    maxBytes: 100_000,
    sleep: async () => undefined,
    ...options,
  });
const say = async (user: string, text: string, thread?: string): Promise<string> => {
  const answer = await world.post("say", {
    user,
    channel: "llm-training",
    text,
    ...(thread !== undefined && { thread_ts: thread }),
  });
  return String(answer["ts"]);
};
const act = (name: "edit" | "delete", user: string, ts: string, text?: string) =>
  world.post(name, { user, channel: "llm-training", ts, ...(text !== undefined && { text }) });
const paths = async (source = open()) => (await source.list()).documents.map(({ path }) => path);
const markOf = async (ts: string, source = open()) =>
  (await source.list()).documents.find(({ path }) => path === `${channel}/${ts}`)?.mark;
const text = async (ts: string) => (await open().read(`${channel}/${ts}`)).bytes.toString("utf8");

describe("threads of a Slack channel", () => {
  it("are documents where somebody answered or wrote enough, of switched on channels only", async () => {
    const long = await say("U01RESEARCHER", LONG);
    await say("U01RESEARCHER", "lunch?");
    const asked = await say("U02LEAD", "who?");
    await say("U01RESEARCHER", "me", asked);
    await world.post("say", { user: "U02LEAD", channel: "general", text: LONG });

    expect(await paths()).toEqual([asked, long].map((ts) => `${channel}/${ts}`));
    channels = [];
    expect(await paths()).toEqual([]);
  });

  it("name people instead of ids, keep code, and leave out what Slack's signs mean", async () => {
    const first = await say(
      "U01RESEARCHER",
      'Loss is NaN & grows, see <https://wandb.example.com/x|the run>\n```if a < b:\n    print("**x**")```\n# not a heading',
    );
    await say("U02LEAD", "@minji lower the learning rate, @here too", first);

    expect(await text(first)).toBe(
      [
        "# Loss is NaN & grows, see the run",
        "minji: Loss is NaN & grows, see the run",
        '```\nif a < b:\n    print("**x**")\n```',
        "\\# not a heading",
        "junho: @minji lower the learning rate, @here too\n",
      ].join("\n\n"),
    );
  });

  it("leave out what bots say, what is said to us, and what we answered", async () => {
    const first = await say("U01RESEARCHER", "The queue is slow today.");
    await say("U02LEAD", "@jibsa why is it slow?", first);
    await world.client().chat.postMessage({ channel, thread_ts: first, text: "Because of our answer." });
    await say("U02LEAD", "Two nodes are down.", first);
    const asked = await say("U02LEAD", "@jibsa how do I start a run?");
    await world.client().chat.postMessage({ channel, thread_ts: asked, text: "Like this." });
    const posted = await world.client().chat.postMessage({ channel, text: LONG });
    await say("U01RESEARCHER", "thanks for that", posted.ts);

    expect(await paths()).toEqual([`${channel}/${first}`]);
    expect(await text(first)).not.toMatch(/answer|why/);
    expect(await text(first)).toContain("Two nodes are down.");
  });

  it("get another mark for answers, edits and deletions, also those that only an event tells of", async () => {
    const first = await say("U01RESEARCHER", LONG);
    const marks = [await markOf(first)];
    const answer = await say("U02LEAD", "Until ten.", first);
    marks.push(await markOf(first));
    await act("edit", "U01RESEARCHER", first, `${LONG} Really.`);
    marks.push(await markOf(first));
    await act("edit", "U02LEAD", answer, "Until eleven.");
    expect(await markOf(first)).toBe(marks.at(-1));
    channels = [{ channel, changes: new Map([[first, "9.1"]]) }];
    marks.push(await markOf(first));
    await act("delete", "U02LEAD", answer);
    marks.push(await markOf(first));

    expect(marks).not.toContain(undefined);
    expect(new Set(marks).size).toBe(marks.length);
    expect(await markOf(first)).toBe(marks.at(-1));
  });

  it("lose what was deleted, the first message too, and are gone with their last word", async () => {
    const first = await say("U01RESEARCHER", "The password is on the whiteboard.");
    const answer = await say("U02LEAD", "Better not say so.", first);
    await act("delete", "U01RESEARCHER", first);

    expect(await text(first)).toBe("# Better not say so.\n\njunho: Better not say so.\n");
    await act("delete", "U02LEAD", answer);
    await expect(text(first)).rejects.toMatchObject({ reason: "no-text" });
  });

  it("are read by the members of their channel, or by everybody where a public channel is set so", async () => {
    await say("U01RESEARCHER", LONG);
    const readers = async (source = open()) => (await source.list()).documents[0]?.readers;

    expect(await readers()).toEqual({ allOf: [[`channel:${channel}`]] });
    expect(await readers(open({ publicChannels: "everyone" }))).toBe("public");
  });

  it("open at their permalink, and are as old as what was said last", async () => {
    const first = await say("U01RESEARCHER", LONG);
    const answer = await say("U02LEAD", "ok", first);

    const page = await open().read(`${channel}/${first}`);

    const { permalink } = await world.client().chat.getPermalink({ channel, message_ts: first });
    expect(page.url).toBe(permalink);
    expect(page.updatedAt).toEqual(new Date(Number(answer) * 1_000));
  });

  it("are forgotten after the days that are set", async () => {
    await say("U01RESEARCHER", LONG);
    const later = new Date(Date.now() + 31 * 86_400_000);

    expect(await paths()).toHaveLength(1);
    expect(await paths(open({ now: () => later }))).toEqual([]);
  });

  it("come over as many requests as it takes", async () => {
    const all = [];
    for (let count = 0; count < 230; count += 1) all.push(await say("U01RESEARCHER", `${count}: ${LONG}`));

    expect((await paths()).toSorted()).toEqual(all.map((ts) => `${channel}/${ts}`).toSorted());
  });

  it("are gone where we are no member any more, and the other channels stay", async () => {
    await say("U01RESEARCHER", LONG);
    channels.unshift({ channel: "C0GONE", changes: new Map() });

    const listing = await open().list();

    expect(listing.skipped).toEqual([
      { path: "C0GONE/", reason: "not-found", readers: { allOf: [["channel:C0GONE"]] } },
    ]);
    expect(listing.documents).toHaveLength(1);
  });

  it("wait when Slack says that it is too much, and after that go on where they were", async () => {
    await say("U01RESEARCHER", LONG);
    const waits: number[] = [];
    const fault = { method: "conversations.history", kind: "rate-limit", retryAfterS: 30, times: 2 };
    await world.post("faults", fault);

    const found = await paths(open({ sleep: async (ms) => void waits.push(ms) }));

    expect(found).toHaveLength(1);
    expect(waits.filter((ms) => ms === 30_000)).toHaveLength(2);
  });

  it("are not taken for gone when Slack refuses us or is away", async () => {
    await say("U01RESEARCHER", LONG);
    const source = open();
    await source.list();
    const { botToken, apiUrl } = world.playground;

    await expect(open({ connection: { botToken: "xoxb-old", apiUrl } }).list()).rejects.toThrow(
      "invalid_auth",
    );
    await world.post("faults", { method: "conversations.history", kind: "error", error: "internal_error" });
    await expect(source.list()).rejects.toThrow("internal_error");
    await world.playground.close();
    await expect(source.list()).rejects.toThrow();
    await expect(open({ connection: undefined }).list()).rejects.toThrow("synced by the running bot");
    expect(botToken).toMatch(/^xoxb-/);
  });
});
