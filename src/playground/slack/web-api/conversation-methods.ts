import { compareTs } from "../message-store.ts";
import type { PlaygroundParts } from "../playground-parts.ts";
import { renderChannel } from "../render-people.ts";
import { app } from "../workspace-seed.ts";
import type { Channel, Message } from "../workspace-types.ts";
import type { MethodArguments } from "./method-arguments.ts";
import { SlackError } from "./slack-error.ts";
import { readChannel, readPage, type MethodFamily } from "./web-method.ts";

const kindsByType: Readonly<Record<string, Channel["kind"] | "mpim" | undefined>> = {
  public_channel: "channel",
  private_channel: "group",
  im: "im",
  mpim: "mpim",
};

/** The conversations of the types asked for, as far as the bot may know of them. */
export function listChannels(args: MethodArguments, parts: PlaygroundParts): Channel[] {
  const types = args.list("types") ?? ["public_channel"];
  const kinds = types.map((type) => (Object.hasOwn(kindsByType, type) ? kindsByType[type] : undefined));
  if (kinds.includes(undefined)) throw new SlackError("invalid_types");
  return parts.workspace
    .channels()
    .filter(
      (channel) =>
        kinds.includes(channel.kind) &&
        (channel.kind === "channel" || parts.workspace.isMember(channel, app.botUserId)),
    );
}

/** Channels, direct messages and what was said in them. */
export const conversationMethods: MethodFamily = {
  "conversations.info": (args, parts) => {
    const channel = readChannel(args, parts, { outside: true });
    return {
      channel: { ...renderChannel(channel), ...(args.flag("include_locale") ? { locale: "en-US" } : {}) },
    };
  },

  "conversations.list": (args, parts) => {
    const page = readPage(args, listChannels(args, parts), 100);
    return { channels: page.items.map(renderChannel), ...page.metadata };
  },

  "conversations.members": (args, parts) => {
    const page = readPage(args, readChannel(args, parts, { outside: true }).members, 100);
    return { members: page.items, ...page.metadata };
  },

  "conversations.history": (args, parts) => {
    const channel = readChannel(args, parts);
    const within = filterByTime(args, parts.messages.topLevel(channel.id));
    const page = readPage(args, within.toReversed(), 100, 999);
    return {
      messages: renderAll(args, parts, page.items),
      has_more: page.hasMore,
      pin_count: 0,
      ...page.metadata,
    };
  },

  "conversations.replies": (args, parts) => {
    const channel = readChannel(args, parts);
    const asked = parts.messages.get(channel.id, args.required("ts"));
    const root = asked?.threadTs === undefined ? asked : parts.messages.get(channel.id, asked.threadTs);
    if (!root || root.ephemeralFor !== undefined) throw new SlackError("thread_not_found");
    const replies = filterByTime(args, parts.messages.replies(channel.id, root.ts));
    const page = readPage(args, [root, ...replies], 100, 999);
    return { messages: renderAll(args, parts, page.items), has_more: page.hasMore, ...page.metadata };
  },

  "conversations.open": (args, parts) => {
    const users = args.list("users");
    const id = args.text("channel");
    if (users !== undefined && users.length > 1) throw new SlackError("not_enough_users");
    const known = id === undefined ? undefined : parts.workspace.channel(id);
    const user = users?.[0];
    if (user !== undefined && (user === app.botUserId || !parts.workspace.person(user)))
      throw new SlackError("user_not_found");
    if (user !== undefined && parts.workspace.person(user)?.deleted) throw new SlackError("user_disabled");
    const channel = user === undefined ? known : parts.workspace.directMessage(user);
    if (!channel)
      throw new SlackError(
        user === undefined && id === undefined ? "users_list_not_supplied" : "channel_not_found",
      );
    const { is_im: _isIm, ...rest } = renderChannel(channel);
    return {
      no_op: true,
      already_open: true,
      channel: args.flag("return_im") ? { ...rest, is_im: channel.kind === "im" } : { id: channel.id },
    };
  },

  "conversations.join": (args, parts) => {
    const channel = readChannel(args, parts, { outside: true });
    if (channel.kind !== "channel") throw new SlackError("method_not_supported_for_channel_type");
    if (parts.workspace.isMember(channel, app.botUserId))
      return { channel: renderChannel(channel), warning: "already_in_channel" };
    const joined = parts.workspace.setMembers(channel, [...channel.members, app.botUserId]);
    parts.events.memberJoined(joined, app.botUserId, app.botUserId);
    parts.changes.publish({ type: "channels", data: {} });
    return { channel: renderChannel(joined) };
  },

  "conversations.mark": (args, parts) => {
    readChannel(args, parts);
    args.required("ts");
    return {};
  },
};

function filterByTime(args: MethodArguments, messages: readonly Message[]): Message[] {
  const oldest = args.text("oldest");
  const latest = args.text("latest");
  for (const ts of [oldest, latest])
    if (ts !== undefined && !/^\d+(\.\d+)?$/.test(ts))
      throw new SlackError(ts === oldest ? "invalid_ts_oldest" : "invalid_ts_latest");
  const inclusive = args.flag("inclusive");
  return messages.filter((message) => {
    const afterOldest = oldest === undefined ? 1 : compareTs(message.ts, oldest);
    const beforeLatest = latest === undefined ? 1 : compareTs(latest, message.ts);
    return inclusive ? afterOldest >= 0 && beforeLatest >= 0 : afterOldest > 0 && beforeLatest > 0;
  });
}

function renderAll(args: MethodArguments, parts: PlaygroundParts, messages: readonly Message[]) {
  return messages.map((message) => parts.renderer.render(message, args.flag("include_all_metadata")));
}
