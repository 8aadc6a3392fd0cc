import type { PlatformObject } from "#src/actions/ports.ts";
import { wordsOf, type PlaygroundMessage } from "#test/servers/playground-client.ts";
import type { FaultWorld } from "./fault-world.ts";

/** By turns, because the lines of one channel wait for one another. */
export const CHANNELS = ["llm-training", "general", "mlops-alerts"] as const;
export type ChannelName = (typeof CHANNELS)[number];
/** Asks for everything. */
export const ASKER = "sora";

const RUN_NAME = /`((?:preprocess|sft|evaluate)-[a-z0-9-]+)`/;
const SAYS_FAILED = /❌|⚠️|given up|could not|broke each time/;

/** A moment: what Slack showed, and then what the API server had. */
export interface Look {
  atMs: number;
  messages: readonly (PlaygroundMessage & { channel: ChannelName })[];
  jobs: readonly Job[];
}
export interface Job {
  name: string;
  uid: string;
  /** The number it was asked for with. */
  number: number;
  state: "open" | "succeeded" | "failed";
}

/** Messages are read before objects: what a message tells of must be there by then. Undefined while the API server is away. */
export async function look(world: FaultWorld): Promise<Look | undefined> {
  const atMs = Date.now();
  const messages = await Promise.all(
    CHANNELS.map(async (channel) =>
      (await world.slack.messages(ASKER, channel)).map((message) => ({ ...message, channel })),
    ),
  );
  const jobs = await world.jobs().catch(() => undefined);
  return jobs && { atMs, messages: messages.flat(), jobs: jobs.map(jobOf) };
}

function jobOf(object: PlatformObject): Job {
  const conditions = (object["status"] as { conditions?: { type: string; status: string }[] } | undefined)
    ?.conditions;
  const has = (type: string): boolean =>
    (conditions ?? []).some((condition) => condition.type === type && condition.status === "True");
  return {
    name: object.metadata.name,
    uid: (object.metadata as { uid?: string }).uid ?? "",
    number: numberIn(JSON.stringify(object["spec"])) ?? -1,
    state: has("Succeeded") ? "succeeded" : has("Failed") ? "failed" : "open",
  };
}

/** Every request carries a number of its own in a path that the training would read. */
export const pathOf = (number: number): string => `/data/faults/${number}`;
export function numberIn(text: string): number | undefined {
  const found = /\/data\/faults\/(\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** What a message's button of this name carries: the id of a request. */
export function valueOf(message: PlaygroundMessage, actionId: string): string | undefined {
  const elements = (message.blocks ?? []).flatMap(
    (block) => (block["elements"] ?? []) as { action_id?: string; value?: string }[],
  );
  return elements.find((element) => element.action_id === actionId)?.value;
}

const isSaidToAll = (message: PlaygroundMessage): boolean =>
  message.bot_id !== undefined && message.is_ephemeral !== true;
/** What pings the asker once; a chart of the run stands in its thread too. */
export const tellsAnEnd = ({ text }: PlaygroundMessage): boolean => /^<@\w+> (?:✅|❌|⚪|⚠️)/.test(text);
const runNameIn = (message: PlaygroundMessage): string | undefined => RUN_NAME.exec(wordsOf(message))?.[1];

/** What may be true at no moment, in words; empty when nothing is wrong. */
export function wrongsOf({ messages, jobs }: Look): readonly string[] {
  const wrongs: string[] = [];
  const byName = new Map(jobs.map((job) => [job.name, job]));
  for (const message of messages.filter(isSaidToAll)) {
    const name = runNameIn(message);
    const job = name === undefined ? undefined : byName.get(name);
    if (name !== undefined && job === undefined)
      wrongs.push(`told of ${name}, which does not exist: ${message.text}`);
    if (SAYS_FAILED.test(message.text) && job?.state !== "failed")
      wrongs.push(
        `told failed, but ${name ?? "its object"} is ${job?.state ?? "not there"}: ${message.text}`,
      );
    if (/✅/.test(message.text) && job?.state !== "succeeded")
      wrongs.push(
        `told succeeded, but ${name ?? "its object"} is ${job?.state ?? "not there"}: ${message.text}`,
      );
  }
  const made = Map.groupBy(jobs, ({ number }) => number);
  for (const [number, objects] of made)
    if (objects.length > 1) wrongs.push(`number ${number} made ${objects.length} times`);
  return wrongs;
}

export interface Verdict {
  wrongs: readonly string[];
  /** Lines that stand there more than once: the answer of the first was lost. */
  doubled: number;
  lines: number;
}

/** After everything: one object for each number that was started, one message that shows its end, one reply that tells it. */
export async function judge(world: FaultWorld, started: readonly number[]): Promise<Verdict> {
  const last = await look(world);
  if (last === undefined) throw new Error("the API server is away");
  const wrongs = [...wrongsOf(last)];
  const cards = Map.groupBy(
    last.messages.filter((message) => isSaidToAll(message) && runNameIn(message) !== undefined),
    (message) => runNameIn(message) ?? "",
  );
  let doubled = 0;
  let lines = 0;
  const wanted = new Set(started);
  for (const number of started) {
    const job = last.jobs.find((candidate) => candidate.number === number);
    if (job === undefined) {
      wrongs.push(`number ${number} is lost: it was started and there is no object`);
      continue;
    }
    const shown = cards.get(job.name) ?? [];
    const replies = (
      await Promise.all(shown.map(({ channel, ts }) => world.slack.messages(ASKER, channel, ts)))
    )
      .flat()
      .filter((reply) => !shown.some(({ ts }) => ts === reply.ts));
    if (job.state === "open") wrongs.push(`${job.name} has not ended`);
    doubled += replies.length - new Set(replies.map(({ text }) => text)).size;
    const ends = replies.filter(tellsAnEnd);
    // The same text again is counted above already.
    const endTexts = [...new Map(ends.map((end) => [end.text, end])).values()];
    for (const [what, found] of [
      ["message", shown],
      ["reply", endTexts],
    ] as const) {
      if (found.length === 0)
        wrongs.push(`${job.name} (number ${number}, ${job.state}) has no ${what} of its end`);
      lines += 1;
      doubled += Math.max(0, found.length - 1);
      for (const { text } of found)
        if (!text.includes(job.state)) wrongs.push(`${job.name} is ${job.state}, its ${what} says: ${text}`);
    }
  }
  for (const job of last.jobs)
    if (!wanted.has(job.number)) wrongs.push(`${job.name} (number ${job.number}) was started by nobody`);
  return { wrongs, doubled, lines };
}
