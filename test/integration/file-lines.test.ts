import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deliverOutbox } from "#src/bot/deliver-outbox.ts";
import { addLine, type OutboxLine, type OutboxPayload } from "#src/bot/outbox.ts";
import { createBackgroundClient } from "#src/bot/slack-clients.ts";
import { startSlackPlayground, type SlackPlayground } from "#src/playground/slack/start-slack-playground.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { createPlaygroundClient, type PlaygroundMessage } from "#test/servers/playground-client.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";

const CHANNEL = "C01GENERAL";

let postgres: TestPostgres;
let slack: SlackPlayground;
beforeAll(async () => {
  [postgres, slack] = await Promise.all([
    startTestPostgres(),
    startSlackPlayground({ port: 0, rateLimits: false }),
  ]);
});
afterAll(() => Promise.all([postgres.close(), slack.close()]));

let database: OpenStore;
let nowMs: number;
beforeEach(async () => {
  database = await postgres.createDatabase();
  nowMs = Date.now();
});

const line = (overrides: Partial<OutboxLine> = {}): OutboxLine => ({
  key: "chart",
  channel: CHANNEL,
  view: { text: "*Loss*", blocks: [] },
  file: {
    name: "sft-r1-loss.png",
    title: "Loss of sft",
    locale: "en",
    altText: "Line chart of the loss",
    contentBase64: Buffer.from("a picture").toString("base64"),
  },
  ...overrides,
});
type FileMessage = PlaygroundMessage & { files?: { name: string; alt_txt: string; title: string }[] };

/** Sends until nothing is left to wait for. */
async function deliver(channel = CHANNEL): Promise<void> {
  const deps = {
    store: database.store,
    client: createBackgroundClient(slack),
    now: () => new Date(nowMs),
    logger: pino({ level: "silent" }),
  };
  await waitUntil("the outbox is empty", async () => {
    nowMs += 60_000;
    return (await deliverOutbox(deps, channel, new AbortController().signal)) === undefined;
  });
}
async function filesIn(user: string, channel: string, threadTs?: string): Promise<FileMessage[]> {
  const messages = await createPlaygroundClient(slack.url).messages(user, channel, threadTs);
  return messages.filter((message: FileMessage) => message.files !== undefined);
}

describe("a line that is a file", () => {
  it("stands in its thread with its words and its alternative text, and its bytes are kept no longer", async () => {
    const ts = await createPlaygroundClient(slack.url).say("sora", CHANNEL, "a thread");
    await addLine(database.store, line({ threadTs: ts }));

    await deliver();

    const [shown] = await filesIn("sora", CHANNEL, ts);
    expect(shown).toMatchObject({
      text: "*Loss*",
      thread_ts: ts,
      files: [{ name: "sft-r1-loss.png", title: "Loss of sft", alt_txt: "Line chart of the loss" }],
    });
    const row = await database.store.selectFrom("outbox").selectAll().executeTakeFirstOrThrow();
    expect(row.state).toBe("sent");
    expect((row.payload as OutboxPayload).file?.contentBase64).toBe("");
  });

  it.each(["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"])(
    "stands there once when the answer of %s is lost",
    async (method) => {
      const people = createPlaygroundClient(slack.url);
      const ts = await people.say("sora", CHANNEL, `lost ${method}`);
      await addLine(database.store, line({ threadTs: ts }));
      await people.post("faults", { method, kind: "lose-answer" });

      await deliver();

      expect(await filesIn("sora", CHANNEL, ts)).toHaveLength(1);
    },
  );

  it("goes to a person directly", async () => {
    const people = createPlaygroundClient(slack.url);
    const sora = (await people.people()).find(({ name }) => name === "sora");
    await addLine(database.store, line({ channel: sora?.id ?? "" }));

    await deliver(sora?.id);

    const row = await database.store.selectFrom("outbox").select("state").executeTakeFirstOrThrow();
    expect(row.state).toBe("sent");
  });

  it("that Slack refuses is told of in words", async () => {
    const people = createPlaygroundClient(slack.url);
    const ts = await people.say("sora", CHANNEL, "no rights");
    await addLine(database.store, line({ threadTs: ts }));
    await people.post("faults", {
      method: "files.getUploadURLExternal",
      kind: "error",
      error: "missing_scope",
    });

    await deliver();

    const texts = (await people.messages("sora", CHANNEL, ts)).map(({ text }) => text);
    expect(texts).toContain("Loss of sft could not be uploaded: Slack says `missing_scope`.");
  });
});
