import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deliverOutbox } from "#src/bot/deliver-outbox.ts";
import { addLine, claimNextLine } from "#src/bot/outbox.ts";
import { createBackgroundClient } from "#src/bot/slack-clients.ts";
import { startSlackPlayground, type SlackPlayground } from "#src/playground/slack/start-slack-playground.ts";
import { createPlaygroundClient } from "#test/servers/playground-client.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

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

it("finds the line whose answer was lost, however much was said after it", async () => {
  const { store, pool } = await postgres.createDatabase();
  const people = createPlaygroundClient(slack.url);
  const deps = {
    store,
    client: createBackgroundClient(slack),
    now: () => new Date(),
    logger: pino({ level: "silent" }),
  };
  await addLine(store, { key: "line", channel: CHANNEL, view: { text: "told once", blocks: [] } });
  await people.post("faults", { method: "chat.postMessage", kind: "lose-answer" });
  const first = await deliverOutbox(deps, CHANNEL, new AbortController().signal);
  for (let index = 0; index < 450; index += 1) await people.say("sora", CHANNEL, `chatter ${index}`);
  await pool.query("update outbox set next_attempt_at = now() - interval '1 second'");

  await deliverOutbox(deps, CHANNEL, new AbortController().signal);

  expect(first).toMatchObject({ againInMs: expect.any(Number) as number });
  const messages = await people.messages("sora", CHANNEL);
  expect(messages.filter(({ text }) => text === "told once")).toHaveLength(1);
  const line = await store.selectFrom("outbox").select("state").executeTakeFirstOrThrow();
  expect(line.state).toBe("sent");
});

it("says when to look again for a line whose sender may have died", async () => {
  const { store } = await postgres.createDatabase();
  const deps = {
    store,
    client: createBackgroundClient(slack),
    now: () => new Date(),
    logger: pino({ level: "silent" }),
  };
  await addLine(store, { key: "held", channel: CHANNEL, view: { text: "told late", blocks: [] } });
  await claimNextLine(store, CHANNEL, new Date());

  const whileHeld = await deliverOutbox(deps, CHANNEL, new AbortController().signal);
  const { heldForMs } = whileHeld as { heldForMs: number };
  const later = { ...deps, now: () => new Date(Date.now() + heldForMs) };
  await deliverOutbox(later, CHANNEL, new AbortController().signal);

  expect(heldForMs).toBeGreaterThan(0);
  const messages = await createPlaygroundClient(slack.url).messages("sora", CHANNEL);
  expect(messages.filter(({ text }) => text === "told late")).toHaveLength(1);
});

it("posts a message before what belongs below it, although a newer edit of the message waits behind that", async () => {
  const { store } = await postgres.createDatabase();
  const people = createPlaygroundClient(slack.url);
  const deps = {
    store,
    client: createBackgroundClient(slack),
    now: () => new Date(),
    logger: pino({ level: "silent" }),
  };
  const card = { subject: "request:r1", purpose: "card" };
  await store
    .insertInto("messages")
    .values({ ...card, channel: CHANNEL, thread_ts: null, ts: null, content_hash: null })
    .execute();
  const view = (text: string) => ({ text, blocks: [] });
  await addLine(store, { ...card, key: "card.1", channel: CHANNEL, view: view("the run has ended") });
  await addLine(store, { key: "end", channel: CHANNEL, under: card, view: view("its end is told") });
  await addLine(store, {
    ...card,
    key: "card.2",
    channel: CHANNEL,
    view: view("the run has ended, loss 1.2"),
  });

  await deliverOutbox(deps, CHANNEL, new AbortController().signal);

  const messages = await people.messages("sora", CHANNEL);
  const shown = messages.find(({ text }) => text === "the run has ended, loss 1.2");
  expect(messages.filter(({ text }) => text === "its end is told")).toEqual([]);
  const replies = await people.messages("sora", CHANNEL, shown?.ts);
  expect(replies.map(({ text }) => text)).toContain("its end is told");
});
