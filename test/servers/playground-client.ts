import { setTimeout as sleep } from "node:timers/promises";

export interface PlaygroundMessage {
  ts: string;
  text: string;
  user?: string;
  bot_id?: string;
  thread_ts?: string;
  reply_count?: number;
  is_ephemeral?: boolean;
  blocks?: { type: string; [field: string]: unknown }[];
}

export interface PlaygroundPerson {
  id: string;
  name: string;
  title: string;
}

type Answer = { ok: boolean; error?: string; [field: string]: unknown };

/** Drives a playground as people do, through its control API (docs/playground.md). */
export function createPlaygroundClient(url: string) {
  async function post(name: string, body: object): Promise<Answer> {
    const response = await fetch(`${url}/_control/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    return (await response.json()) as Answer;
  }
  async function get(name: string, query: Readonly<Record<string, string | undefined>>): Promise<Answer> {
    const parameters = new URLSearchParams(
      Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const response = await fetch(`${url}/_control/${name}?${parameters.toString()}`, {
      signal: AbortSignal.timeout(15_000),
    });
    return (await response.json()) as Answer;
  }
  const must = async (answer: Promise<Answer>): Promise<Answer> => {
    const settled = await answer;
    if (!settled.ok) throw new Error(`the playground refuses: ${JSON.stringify(settled)}`);
    return settled;
  };
  const messages = async (
    user: string,
    channel: string,
    threadTs?: string,
  ): Promise<readonly PlaygroundMessage[]> => {
    const answer = await must(get("messages", { user, channel, thread_ts: threadTs }));
    return answer["messages"] as PlaygroundMessage[];
  };

  return {
    url,
    post,
    get,
    messages,
    say: async (user: string, channel: string, text: string, threadTs?: string): Promise<string> =>
      (
        await must(
          post("say", { user, channel, text, ...(threadTs !== undefined && { thread_ts: threadTs }) }),
        )
      )["ts"] as string,
    command: (user: string, channel: string, command: string, text = "") =>
      must(post("command", { user, channel, command, text })),
    press: (user: string, channel: string, ts: string, actionId: string, selected?: string) =>
      must(
        post("press", {
          user,
          channel,
          ts,
          action_id: actionId,
          ...(selected !== undefined && { selected }),
        }),
      ),
    people: async () => (await must(get("people", {})))["people"] as PlaygroundPerson[],
    /** The newest message that fits, waited for: of the channel's top level, or a reply in the thread of `threadTs`. */
    async waitFor(
      user: string,
      channel: string,
      fits: (message: PlaygroundMessage) => boolean,
      options: { threadTs?: string; timeoutMs?: number } = {},
    ): Promise<PlaygroundMessage> {
      const deadlineMs = Date.now() + (options.timeoutMs ?? 20_000);
      for (;;) {
        // A thread is read with its root; what is waited for is a reply.
        const seen = (await messages(user, channel, options.threadTs)).filter(
          ({ ts }) => ts !== options.threadTs,
        );
        const found = seen.findLast(fits);
        if (found !== undefined) return found;
        if (Date.now() > deadlineMs)
          throw new Error(
            `no such message for ${user} in ${channel}; there are:\n${seen.map((message) => `- ${message.text}`).join("\n")}`,
          );
        await sleep(50);
      }
    },
  };
}

export type PlaygroundClient = ReturnType<typeof createPlaygroundClient>;

/** All words of a message, those of its blocks included. */
export function wordsOf(message: PlaygroundMessage): string {
  return `${message.text}\n${JSON.stringify(message.blocks ?? [])}`;
}
