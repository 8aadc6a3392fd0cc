import type { PlaygroundParts } from "../playground-parts.ts";
import { app } from "../workspace-seed.ts";
import type { Fields } from "../wire-fields.ts";
import type { Channel, Message, Person } from "../workspace-types.ts";
import type { MethodArguments } from "./method-arguments.ts";
import { SlackError } from "./slack-error.ts";

/** One Web API method: returns the answer without `ok`, or throws a `SlackError`. */
export type WebMethod = (args: MethodArguments, parts: PlaygroundParts) => Fields;

/** The methods of one family, by their full name. */
export type MethodFamily = Readonly<Record<string, WebMethod>>;

/** The conversation in `name`; the bot must be in it, unless the method works from outside. */
export function readChannel(
  args: MethodArguments,
  parts: PlaygroundParts,
  options: { readonly name?: string; readonly byName?: boolean; readonly outside?: boolean } = {},
): Channel {
  const wanted = args.required(options.name ?? "channel");
  const { workspace } = parts;
  const direct = /^[UW]/.test(wanted) && options.byName ? workspace.directMessage(wanted) : undefined;
  const channel = direct ?? (options.byName ? workspace.findChannel(wanted) : workspace.channel(wanted));
  if (!channel) throw new SlackError("channel_not_found");
  if (!options.outside && !workspace.isMember(channel, app.botUserId)) {
    throw new SlackError(channel.kind === "channel" ? "not_in_channel" : "channel_not_found");
  }
  return channel;
}

export function readPerson(args: MethodArguments, parts: PlaygroundParts, name = "user"): Person {
  const person = parts.workspace.person(args.required(name));
  if (!person) throw new SlackError("user_not_found");
  return person;
}

/** The root of the thread in `thread_ts`; undefined when none was asked for. */
export function readThread(
  args: MethodArguments,
  parts: PlaygroundParts,
  channel: Channel,
): string | undefined {
  const threadTs = args.text("thread_ts");
  if (threadTs === undefined) return undefined;
  const root = parts.messages.get(channel.id, threadTs);
  if (!root || root.ephemeralFor !== undefined) throw new SlackError("thread_not_found");
  if (root.threadTs !== undefined) throw new SlackError("cannot_reply_to_message");
  return threadTs;
}

/** A message that is in the channel's history. */
export function readMessage(
  args: MethodArguments,
  parts: PlaygroundParts,
  channel: Channel,
  name = "ts",
): Message {
  const message = parts.messages.get(channel.id, args.required(name));
  if (!message || message.ephemeralFor !== undefined) throw new SlackError("message_not_found");
  return message;
}

/** One page of a list, with the cursor of the next. */
export function readPage<Item>(
  args: MethodArguments,
  items: readonly Item[],
  otherwise: number,
  most = 1_000,
): { readonly items: readonly Item[]; readonly metadata: Fields; readonly hasMore: boolean } {
  const limit = args.integer("limit", otherwise, 1, most);
  const start = readCursor(args.text("cursor"), items.length);
  const end = start + limit;
  const hasMore = end < items.length;
  const nextCursor = hasMore ? Buffer.from(`next:${end}`).toString("base64") : "";
  return {
    items: items.slice(start, end),
    metadata: { response_metadata: { next_cursor: nextCursor } },
    hasMore,
  };
}

function readCursor(cursor: string | undefined, length: number): number {
  if (cursor === undefined) return 0;
  const start = Number(
    /^next:(\d+)$/.exec(Buffer.from(cursor, "base64").toString("utf8"))?.[1] ?? Number.NaN,
  );
  if (!Number.isInteger(start) || start > length) throw new SlackError("invalid_cursor");
  return start;
}
