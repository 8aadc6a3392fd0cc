import { expect } from "vitest";
import { wordsOf, type PlaygroundMessage } from "#test/servers/playground-client.ts";
import { waitUntil } from "#test/wait-until.ts";
import type { World } from "./world.ts";

/** By turns, because the lines of one channel wait for one another. */
export const CHANNELS = ["llm-training", "general", "mlops-alerts"] as const;
export type ChannelName = (typeof CHANNELS)[number];
const WHO = "sora";
const LOOK_EVERY_MS = 200;

/** What a person does who gets an error from Slack: the same once more, until it is taken. */
async function untilTaken(attempt: () => Promise<unknown>): Promise<void> {
  await waitUntil(
    "Slack to say that it was taken",
    () =>
      attempt().then(
        () => true,
        () => false,
      ),
    60_000,
  );
}

/** What a message's button of this name carries: the id of a request. */
export function valueOf(message: PlaygroundMessage, actionId: string): string | undefined {
  const elements = (message.blocks ?? []).flatMap((block) => (block["elements"] ?? []) as Element[]);
  return elements.find((element) => element.action_id === actionId)?.value;
}
interface Element {
  action_id?: string;
  value?: string;
}

export interface Preview {
  channel: ChannelName;
  ts: string;
  requestId: string;
}

/** The previews that the asker sees in a channel now; a Start that was pressed takes its own away. */
export async function previewsOf(
  world: World,
  channel: ChannelName = "llm-training",
): Promise<readonly Preview[]> {
  return (await world.slack.messages(WHO, channel)).flatMap((message) => {
    const requestId = message.is_ephemeral === true ? valueOf(message, "request.start") : undefined;
    return requestId === undefined ? [] : [{ channel, ts: message.ts, requestId }];
  });
}

/** Asks for a training by a mention. Resolves with its preview, which only the asker sees. */
export async function askForTraining(world: World, channel: ChannelName = "llm-training"): Promise<Preview> {
  const before = new Set(
    (await world.database.store.selectFrom("requests").select("id").execute()).map(({ id }) => id),
  );
  await world.slack.say(WHO, channel, "@jibsa train start preprocess");
  return waitUntil(
    "the preview",
    async () => (await previewsOf(world, channel)).find(({ requestId }) => !before.has(requestId)),
    60_000,
    50,
  );
}

/** Presses Start, and again when Slack shows an error. */
export async function start(world: World, preview: Preview): Promise<void> {
  await untilTaken(async () => {
    if ((await requestState(world, preview.requestId)) !== "previewed") return;
    await world.slack.press(WHO, preview.channel, preview.ts, "request.start");
  });
}

async function requestState(world: World, requestId: string): Promise<string | undefined> {
  const row = await world.database.store
    .selectFrom("requests")
    .select("state")
    .where("id", "=", requestId)
    .executeTakeFirst();
  return row?.state;
}

/** The request's one message in the channel, and the replies below it. */
async function messagesOf(world: World, requestId: string) {
  const { channel } = await world.database.store
    .selectFrom("requests")
    .select("channel")
    .where("id", "=", requestId)
    .executeTakeFirstOrThrow();
  const all = await world.slack.messages(WHO, channel);
  const cards = all.filter(
    (message) => message.is_ephemeral !== true && wordsOf(message).includes(`preprocess-${requestId}`),
  );
  const replies = await Promise.all(cards.map(({ ts }) => world.slack.messages(WHO, channel, ts)));
  return { cards, replies: replies.flat().filter(({ ts }) => !cards.some((card) => card.ts === ts)) };
}

/** Waits until the asker was told the end. */
export async function toldTheEnd(world: World, requestId: string, timeoutMs = 60_000): Promise<void> {
  await waitUntil(
    `the end of ${requestId} to be told`,
    async () => (await messagesOf(world, requestId)).replies.length > 0,
    timeoutMs,
    LOOK_EVERY_MS,
  ).catch(async (error: unknown) => {
    throw new Error(await stateOf(world), { cause: error });
  });
}

/** One object, one message that shows its end, one reply that tells it; every row ended and nothing left to say. */
export async function expectDoneOnce(world: World, requestIds: readonly string[]): Promise<void> {
  await waitUntil(
    "all that came in to be dealt with",
    async () => {
      const { rows } = await world.database.pool.query<{ open: string }>(
        `select (select count(*) from inbound where state = 'received')
              + (select count(*) from outbox where state = 'pending')
              + (select count(*) from requests where drawn_version < version)
              -- The last look at what it measured may still tell a chart.
              + (select count(*) from runs
                 where ended_at is not null and (measured_at is null or measured_at < observed_at)) as open`,
      );
      return rows[0]?.open === "0";
    },
    60_000,
    LOOK_EVERY_MS,
  );
  const jobs = await world.jobNames();
  for (const requestId of requestIds) {
    const { cards, replies } = await messagesOf(world, requestId);
    expect(jobs.filter((name) => name === `preprocess-${requestId}`)).toHaveLength(1);
    expect(cards.map(({ text }) => text)).toEqual([expect.stringContaining("succeeded")]);
    // The chart of its loss is a reply, too; whom it is told to is mentioned.
    const ends = replies.filter(({ text }) => text.startsWith("<@"));
    expect(ends.map(({ text }) => text)).toEqual([expect.stringContaining("succeeded")]);
  }
  const runs = await world.database.store.selectFrom("runs").select(["id", "state"]).execute();
  expect(runs.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
    requestIds.toSorted().map((id) => ({ id, state: "succeeded" })),
  );
  const everything = await messagesOfAll(world);
  expect(
    everything.filter(
      (message) => message.bot_id !== undefined && /failed|given up|could not/.test(message.text),
    ),
  ).toEqual([]);
  const { rows: left } = await world.database.pool.query(
    "select key, state from inbound where state <> 'handled' union all select key, state from outbox where state <> 'sent'",
  );
  expect(left).toEqual([]);
  const reservations = await world.database.store
    .selectFrom("reservations")
    .select(["request_id", "released_at"])
    .execute();
  expect(reservations.map(({ request_id: id }) => id).toSorted()).toEqual(requestIds.toSorted());
  expect(reservations.filter(({ released_at: at }) => at === null)).toEqual([]);
}

async function messagesOfAll(world: World): Promise<readonly PlaygroundMessage[]> {
  const all = await Promise.all(CHANNELS.map((channel) => world.slack.messages(WHO, channel)));
  return all.flat();
}

/** For whoever has to find out why. */
async function stateOf(world: World): Promise<string> {
  const texts = (await messagesOfAll(world)).map(({ ts, text }) => `${ts} ${text}`);
  const rows = await Promise.all(
    [
      "select key, state from inbound where state <> 'handled'",
      "select key, state, attempts, next_attempt_at, claimed_until, last_error from outbox where state <> 'sent'",
      "select id, state, version, drawn_version, outcome from requests",
      "select id, state, observed_at, reason from runs",
      "select job_key, starts, parked_at, last_error from job_starts",
    ].map(async (query) => (await world.database.pool.query(query)).rows as unknown[]),
  );
  return [...texts, ...rows.flat().map((row) => JSON.stringify(row))].join("\n");
}
