import type { ScheduledMessage } from "../scheduled-messages.ts";
import { readMessageContent, readMetadata } from "./read-message-content.ts";
import { SlackError } from "./slack-error.ts";
import { readChannel, readPage, readThread, type MethodFamily } from "./web-method.ts";

const furthestSeconds = 120 * 24 * 3_600;

/** Messages that are posted later. */
export const scheduleMethods: MethodFamily = {
  "chat.scheduleMessage": (args, parts) => {
    const channel = readChannel(args, parts, { byName: true });
    const now = Math.floor(parts.clock.now() / 1_000);
    const postAt = Number(args.required("post_at"));
    if (!Number.isInteger(postAt)) throw new SlackError("invalid_time");
    if (postAt <= now) throw new SlackError("time_in_past");
    if (postAt > now + furthestSeconds) throw new SlackError("time_too_far");
    const threadTs = readThread(args, parts, channel);
    const scheduled = parts.scheduled.add({
      channel: channel.id,
      postAt,
      content: {
        ...readMessageContent(args),
        ...readMetadata(args),
        ...(threadTs === undefined ? {} : { threadTs }),
      },
    });
    return {
      channel: channel.id,
      scheduled_message_id: scheduled.id,
      post_at: String(postAt),
      message: { text: scheduled.content.text },
    };
  },

  "chat.scheduledMessages.list": (args, parts) => {
    const channel = args.text("channel");
    const page = readPage(
      args,
      parts.scheduled.list().filter((item) => channel === undefined || item.channel === channel),
      100,
    );
    return { scheduled_messages: page.items.map(renderScheduled), ...page.metadata };
  },

  "chat.deleteScheduledMessage": (args, parts) => {
    readChannel(args, parts);
    if (!parts.scheduled.remove(args.required("scheduled_message_id")))
      throw new SlackError("invalid_scheduled_message_id");
    return {};
  },
};

function renderScheduled(scheduled: ScheduledMessage) {
  return {
    id: scheduled.id,
    channel_id: scheduled.channel,
    post_at: scheduled.postAt,
    date_created: scheduled.createdAt,
    text: scheduled.content.text,
  };
}
