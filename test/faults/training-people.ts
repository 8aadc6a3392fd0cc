import { setTimeout as sleep } from "node:timers/promises";
import { wordsOf } from "#test/servers/playground-client.ts";
import {
  ASKER,
  CHANNELS,
  look,
  numberIn,
  pathOf,
  tellsAnEnd,
  valueOf,
  wrongsOf,
  type ChannelName,
  type Job,
  type Look,
} from "./oracle.ts";
import type { FaultWorld } from "./fault-world.ts";

const APPROVER = "junho";
const LOOK_EVERY_MS = 400;
/** By turns: two that need nobody, one that needs an approval, one that fails by its nature. */
const STAGES = [
  { name: "preprocess", parameter: "input-path", needsApproval: false },
  { name: "sft", parameter: "dataset-path", needsApproval: true },
  { name: "preprocess", parameter: "input-path", needsApproval: false },
  { name: "evaluate", parameter: "dataset-path", needsApproval: false },
] as const;

/** Something that a person did and Slack took, until what it leads to could be seen. */
export interface Step {
  number: number;
  what: "preview" | "approval" | "object" | "card" | "end";
  fromMs: number;
  toMs?: number;
}

export interface TrainingPeople {
  /** So many conversations at once; each asks anew as soon as its last run was told to have ended, until `noMore`. */
  keepAsking(conversations: number): void;
  /** One run from its mention to its end. */
  train(): Promise<void>;
  /** One run that needs an approval. Resolves after `meanwhile`, just before it is given; `allTold` waits for the end. */
  trainWithApproval(meanwhile: () => Promise<void>): Promise<void>;
  noMore(): void;
  /** Resolves when the last conversation has heard its end. Throws after the deadline, with what is missing. */
  allTold(withinMs: number): Promise<void>;
  started(): readonly number[];
  steps(): readonly Step[];
  /** What was wrong at any moment since the beginning. */
  wrongs(): readonly string[];
  /** The newest look. */
  seen(): Look;
  close(): Promise<void>;
}

/** People who ask for trainings, start and approve them, and try again when Slack shows an error. Begins to look at once. */
export function createTrainingPeople(world: FaultWorld): TrainingPeople {
  const stopping = new AbortController();
  const steps: Step[] = [];
  const started: number[] = [];
  const wrongs = new Set<string>();
  const conversations = new Set<Promise<void>>();
  const open = new Set<number>();
  let asked = 0;
  const asking = new AbortController();
  let seen: Look = { atMs: 0, messages: [], jobs: [] };

  const looking = (async () => {
    while (!stopping.signal.aborted) {
      const next = await look(world).catch(() => undefined);
      if (next !== undefined) {
        seen = next;
        for (const wrong of wrongsOf(next)) wrongs.add(wrong);
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  /** Looks at each look until there is something. */
  const see = async <T>(find: (now: Look) => T | undefined | Promise<T | undefined>): Promise<T> => {
    for (let last: Look | undefined; ;) {
      const found = seen === last ? undefined : await find((last = seen));
      if (found !== undefined) return found;
      await sleep(50, undefined, { signal: stopping.signal });
    }
  };
  const step = async <T>(
    number: number,
    what: Step["what"],
    find: (now: Look) => T | undefined | Promise<T | undefined>,
  ): Promise<T> => {
    const began: Step = { number, what, fromMs: Date.now() };
    steps.push(began);
    const found = await see(find);
    began.toMs = Date.now();
    return found;
  };
  /** The same once more while Slack shows an error, until it is taken or the button has gone. */
  const press = async (who: string, channel: ChannelName, ts: string, actionId: string): Promise<void> => {
    for (;;) {
      const answer = await world.slack
        .post("press", { user: who, channel, ts, action_id: actionId })
        .catch(() => undefined);
      if (answer?.ok === true) return;
      const message = (await world.slack.messages(who, channel)).find((candidate) => candidate.ts === ts);
      if (message === undefined || valueOf(message, actionId) === undefined) return;
      await sleep(300, undefined, { signal: stopping.signal });
    }
  };

  async function train(kind?: (typeof STAGES)[number], meanwhile?: () => Promise<void>): Promise<void> {
    const number = asked;
    asked += 1;
    const stage = kind ?? STAGES[number % STAGES.length] ?? STAGES[0];
    const channel = CHANNELS[number % CHANNELS.length] ?? CHANNELS[0];
    open.add(number);
    await world.slack.say(
      ASKER,
      channel,
      `@jibsa train start ${stage.name} ${stage.parameter}=${pathOf(number)}`,
    );
    const preview = await step(number, "preview", ({ messages }) =>
      messages.find(
        (message) =>
          message.is_ephemeral === true &&
          valueOf(message, "request.start") !== undefined &&
          numberIn(wordsOf(message)) === number,
      ),
    );
    const requestId = valueOf(preview, "request.start");
    await press(ASKER, channel, preview.ts, "request.start");
    started.push(number);
    if (stage.needsApproval) {
      const card = await step(number, "approval", ({ messages }) =>
        messages.find((message) => valueOf(message, "approval.approve") === requestId),
      );
      await meanwhile?.();
      await press(APPROVER, channel, card.ts, "approval.approve");
    }
    const [job] = await Promise.all([
      step(number, "object", ({ jobs }) => jobs.find((candidate) => candidate.number === number)),
      step(number, "card", ({ messages }) => cardOf(messages, `${stage.name}-${requestId ?? ""}`)),
    ]);
    const ended = await see(({ jobs }) => jobs.find(({ uid, state }) => uid === job.uid && state !== "open"));
    await step(number, "end", (now) => toldEnd(world, now, ended));
    open.delete(number);
  }

  function follow(conversation: Promise<void>): void {
    conversations.add(conversation);
    conversation.then(
      () => conversations.delete(conversation),
      (error: unknown) => {
        if (!stopping.signal.aborted) wrongs.add(`a conversation broke off: ${String(error)}`);
      },
    );
  }

  return {
    keepAsking(count) {
      for (let index = 0; index < count; index += 1)
        follow(
          (async () => {
            while (!asking.signal.aborted) await train();
          })(),
        );
    },
    async train() {
      const conversation = train();
      follow(conversation);
      await conversation;
    },
    async trainWithApproval(meanwhile) {
      const { promise, resolve } = Promise.withResolvers<void>();
      follow(train(STAGES[1], () => meanwhile().then(resolve)));
      await promise;
    },
    noMore: () => asking.abort(),
    async allTold(withinMs) {
      const deadlineMs = Date.now() + withinMs;
      while (open.size > 0) {
        if (Date.now() > deadlineMs) {
          const waiting = steps.filter(({ toMs }) => toMs === undefined);
          throw new Error(
            `${open.size} conversations have not heard their end after ${withinMs} ms; they wait for ${JSON.stringify(waiting)}; wrong: ${[...wrongs].join("; ")}`,
          );
        }
        await sleep(100);
      }
    },
    started: () => started,
    steps: () => steps,
    wrongs: () => [...wrongs],
    seen: () => seen,
    async close() {
      asking.abort();
      stopping.abort();
      await looking;
      await Promise.allSettled(conversations);
    },
  };
}

/** The message that everybody sees of a run. */
function cardOf(messages: Look["messages"], runName: string): Look["messages"][number] | undefined {
  return messages.find(
    (message) => message.is_ephemeral !== true && wordsOf(message).includes(`\`${runName}\``),
  );
}

/** The card shows the end, and a reply below it has told it. */
async function toldEnd(world: FaultWorld, { messages }: Look, job: Job): Promise<true | undefined> {
  const card = cardOf(messages, job.name);
  if (card === undefined || !card.text.includes(job.state) || (card.reply_count ?? 0) === 0) return undefined;
  const replies = await world.slack.messages(ASKER, card.channel, card.ts).catch(() => []);
  return replies.some((reply) => reply.ts !== card.ts && tellsAnEnd(reply)) ? true : undefined;
}
