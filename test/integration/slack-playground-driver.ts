import {
  startSlackPlayground,
  type SlackPlayground,
  type SlackPlaygroundOptions,
} from "#src/playground/slack/start-slack-playground.ts";
import { App, LogLevel } from "@slack/bolt";
import { WebClient } from "@slack/web-api";

export type Answer = Record<string, unknown> & { ok: boolean };
type SlackMessage = Record<string, unknown> & {
  ts: string;
  text: string;
  blocks?: Record<string, unknown>[];
};

const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** A playground with the verbs of its control API; `close` ends the playground and every app made here. */
export async function driveSlackPlayground(options: Partial<SlackPlaygroundOptions> = {}) {
  const playground = await startSlackPlayground({ port: 0, rateLimits: false, ...options });
  const closers: (() => Promise<unknown>)[] = [];
  const post = (name: string, body: unknown) =>
    call(`${playground.url}/_control/${name}`, { method: "POST", body: JSON.stringify(body) });
  const get = (name: string, query: Record<string, string> = {}) =>
    call(`${playground.url}/_control/${name}?${new URLSearchParams(query).toString()}`);
  const messages = async (user: string, channel: string, thread_ts?: string) => {
    const answer = await get("messages", {
      user,
      channel,
      ...(thread_ts === undefined ? {} : { thread_ts }),
    });
    if (!Array.isArray(answer["messages"])) throw new Error(JSON.stringify(answer));
    return answer["messages"] as SlackMessage[];
  };
  return {
    playground,
    post,
    get,
    messages,
    client: (token = playground.botToken) => clientFor(playground, token),
    /** A connected Socket Mode app; `listen` adds its listeners. */
    connect: async (listen: (app: App) => void = () => {}) => {
      const app = new App({
        token: playground.botToken,
        appToken: playground.appToken,
        socketMode: true,
        clientOptions: { slackApiUrl: playground.apiUrl },
        logger: quiet,
        ignoreSelf: true,
      });
      listen(app);
      await app.start();
      closers.push(() => app.stop());
      return app;
    },
    close: async () => {
      for (const close of closers) await close();
      await playground.close();
    },
  };
}

export function clientFor(playground: SlackPlayground, token: string): WebClient {
  return new WebClient(token, {
    slackApiUrl: playground.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quiet,
  });
}

export { quiet as quietLogger };

async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  return (await response.json()) as Answer;
}

/** Waits until `read` gives something. */
export async function eventually<Value>(
  read: () => Promise<Value | undefined> | Value | undefined,
  withinMs = 5_000,
): Promise<Value> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
