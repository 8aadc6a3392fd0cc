import type { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import { z } from "zod";
import { isSlackError, readSlackError } from "../slack-error.ts";
import {
  mentionedIn,
  plainName,
  plainSlackText,
  SAID_BY_PEOPLE,
  WITHOUT_CALLS,
} from "../../rag/adapters/slack-source/slack-markup.ts";

export interface SaidMessage {
  ts: string;
  /** A name, or "" where Slack does not tell. */
  author: string;
  text: string;
}

export type ThreadReading =
  /** What people said, oldest first; `isWhole` is false where there is more than is read. */
  | { kind: "read"; messages: readonly SaidMessage[]; isWhole: boolean }
  /** Slack does not let us, in its word. */
  | { kind: "refused"; error: string };

/** https://docs.slack.dev/reference/methods/conversations.replies: apps that Slack limits more get 15 at once, and a cursor. */
const MESSAGES_AT_ONCE = 200;
const MAX_PAGES = 10;
/** Of people whose names are asked for. */
const MAX_NAMES = 60;

const messageSchema = z.object({
  ts: z.string(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  is_ephemeral: z.boolean().optional(),
  text: z.string().default(""),
});

/**
 * What people said in a thread before a message. Without what apps said, and without what only one person sees.
 * Throws when Slack is away or has had too many requests: that is worth another try.
 */
export async function readThread(
  { client, logger }: { client: WebClient; logger: Logger },
  place: { channel: string; threadTs: string; before: string },
): Promise<ThreadReading> {
  const found = new Map<string, { user: string; text: string }>();
  let cursor: string | undefined;
  let isWhole = false;
  for (let page = 0; page < MAX_PAGES && !isWhole; page += 1) {
    try {
      const answer = await client.conversations.replies({
        channel: place.channel,
        ts: place.threadTs,
        latest: place.before,
        limit: MESSAGES_AT_ONCE,
        ...(cursor !== undefined && { cursor }),
      });
      for (const message of answer.messages ?? []) {
        const parsed = messageSchema.safeParse(message);
        if (!parsed.success) continue;
        const { ts, user, bot_id: botId, subtype, text, is_ephemeral: isPrivate } = parsed.data;
        const isPerson = user !== undefined && botId === undefined && SAID_BY_PEOPLE.has(subtype);
        if (!isPerson || isPrivate === true || text.trim() === "") continue;
        if (Number(ts) < Number(place.before)) found.set(ts, { user, text });
      }
      cursor = answer.response_metadata?.next_cursor;
      isWhole = cursor === undefined || cursor === "";
    } catch (error) {
      const failure = readSlackError(error);
      // What was read so far is more than a beginning that is read again and again.
      if (failure.kind === "rate-limited" && page > 0) break;
      if (!isSlackError(error) || failure.kind === "rate-limited" || failure.kind === "unknown") throw error;
      return { kind: "refused", error: failure.error };
    }
  }
  const said = [...found].toSorted(([left], [right]) => Number(left) - Number(right));
  const names = await readNames(
    { client, logger },
    said.map(([, message]) => message),
  );
  const nameOf = (user: string): string => names.get(user) ?? "";
  return {
    kind: "read",
    isWhole,
    messages: said.map(([ts, { user, text }]) => ({
      ts,
      author: nameOf(user),
      text: plainSlackText(text, nameOf, WITHOUT_CALLS),
    })),
  };
}

/** Of who wrote and who was mentioned. A name that Slack does not tell is no reason to give up. */
async function readNames(
  { client, logger }: { client: WebClient; logger: Logger },
  messages: readonly { user: string; text: string }[],
): Promise<ReadonlyMap<string, string>> {
  const users = new Set([
    ...messages.map(({ user }) => user),
    ...messages.flatMap(({ text }) => mentionedIn(text)),
  ]);
  const names = await Promise.all(
    [...users].slice(0, MAX_NAMES).map(async (user) => {
      try {
        const { user: person } = await client.users.info({ user });
        const name = [person?.profile?.display_name, person?.real_name, person?.name].find(Boolean) ?? "";
        return [user, plainName(name)] as const;
      } catch (error) {
        logger.info({ err: error, user }, "Slack does not tell a name");
        return [user, ""] as const;
      }
    }),
  );
  return new Map(names);
}
