import { z } from "zod";
import { createVendorApi, type VendorApiOptions } from "../vendor-api/create-vendor-api.ts";

/** The most that Slack recommends; to apps that it limits more it gives 15 at once, and a cursor. */
const MESSAGES_AT_ONCE = "200";
/** Of 50 a minute that history and replies each allow, people's own questions need some too. */
const INTERVAL_MS = 1_500;

/** Slack says no, in one word: https://docs.slack.dev/reference/methods/conversations.history#errors */
export class SlackRefusalError extends Error {
  override name = "SlackRefusalError";
  readonly code: string;
  constructor(method: string, code: string) {
    super(`Slack refuses ${method}: ${code}`);
    this.code = code;
  }
}

const messageSchema = z.object({
  ts: z.string().regex(/^\d+\.\d+$/),
  thread_ts: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string().default(""),
  edited: z.object({ ts: z.string() }).optional(),
  reply_count: z.number().int().optional(),
  latest_reply: z.string().optional(),
});
export type SlackMessage = z.output<typeof messageSchema>;

const pageSchema = z.object({
  ok: z.literal(true),
  messages: z.array(messageSchema),
  has_more: z.boolean().default(false),
  response_metadata: z.object({ next_cursor: z.string().default("") }).optional(),
});
const selfSchema = z.object({ ok: z.literal(true), url: z.string(), user_id: z.string() });
const channelSchema = z.object({
  ok: z.literal(true),
  channel: z.object({ is_private: z.boolean().optional(), is_ext_shared: z.boolean().optional() }),
});
const personSchema = z.object({
  ok: z.literal(true),
  user: z.object({
    name: z.string(),
    real_name: z.string().optional(),
    profile: z.object({ display_name: z.string().optional() }).optional(),
  }),
});
const refusalSchema = z.object({ ok: z.literal(false), error: z.string() });

/** What is read of a workspace, one request after the other; waits when Slack says that it is too much. */
export function createSlackReads(options: {
  botToken: string;
  /** Ends with "/". */
  apiUrl: string;
  sleep?: VendorApiOptions["sleep"];
}) {
  const api = createVendorApi({
    vendor: "Slack",
    url: options.apiUrl,
    headers: { authorization: `Bearer ${options.botToken}` },
    // The workspace is the operator's own setting, and where the bot itself speaks.
    privateHosts: [new URL(options.apiUrl).hostname],
    intervalMs: INTERVAL_MS,
    sleep: options.sleep,
  });

  async function call<Schema extends z.ZodObject<{ ok: z.ZodLiteral<true> }>>(
    schema: Schema,
    method: string,
    query: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<z.output<Schema>> {
    const answer = await api.call(z.union([refusalSchema, schema]), `/${method}`, {
      query: new URLSearchParams(query),
      signal,
    });
    if ("error" in answer) throw new SlackRefusalError(method, answer.error);
    return answer;
  }

  async function collect(
    method: string,
    query: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<SlackMessage[]> {
    const messages = new Map<string, SlackMessage>();
    const seen = new Set<string>();
    for (let cursor = ""; ;) {
      const page = await call(
        pageSchema,
        method,
        { ...query, limit: MESSAGES_AT_ONCE, ...(cursor !== "" && { cursor }) },
        signal,
      );
      for (const message of page.messages) messages.set(message.ts, message);
      cursor = page.response_metadata?.next_cursor ?? "";
      if (!page.has_more && cursor === "") return [...messages.values()];
      if (cursor === "" || seen.has(cursor)) throw new Error(`Slack does not say how ${method} goes on`);
      seen.add(cursor);
    }
  }

  return {
    /** Where the workspace is opened, and who we are in it. */
    async self(signal: AbortSignal | undefined): Promise<{ url: string; userId: string }> {
      const { url, user_id: userId } = await call(selfSchema, "auth.test", {}, signal);
      return { url, userId };
    },
    /** What was said in a channel itself, its threads not. */
    history: (channel: string, oldest: string, signal: AbortSignal | undefined) =>
      collect("conversations.history", { channel, oldest }, signal),
    /** A thread from its first message on. */
    replies: (channel: string, ts: string, signal: AbortSignal | undefined) =>
      collect("conversations.replies", { channel, ts }, signal),
    /** Whether every member of the workspace may look into it, and nobody else. */
    async isPublic(channel: string, signal: AbortSignal | undefined): Promise<boolean> {
      const { channel: found } = await call(channelSchema, "conversations.info", { channel }, signal);
      return found.is_private === false && found.is_ext_shared !== true;
    },
    /** As people see it. */
    async nameOf(user: string, signal: AbortSignal | undefined): Promise<string> {
      const { user: person } = await call(personSchema, "users.info", { user }, signal);
      return [person.profile?.display_name, person.real_name, person.name].find(Boolean) ?? "";
    },
  };
}
