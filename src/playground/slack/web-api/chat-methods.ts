import {
  appMessage,
  deleteMessage,
  publishMessage,
  republishMessage,
  showEphemeral,
} from "../publish-message.ts";
import { app } from "../workspace-seed.ts";
import { readAuthorship, readMessageContent, readMetadata } from "./read-message-content.ts";
import { SlackError } from "./slack-error.ts";
import { readChannel, readMessage, readPerson, readThread, type MethodFamily } from "./web-method.ts";

/** Posting, editing and deleting messages. */
export const chatMethods: MethodFamily = {
  "chat.postMessage": (args, parts) => {
    const channel = readChannel(args, parts, { byName: true });
    const threadTs = readThread(args, parts, channel);
    const message = publishMessage(parts, {
      ...appMessage(parts, channel.id),
      ...readMessageContent(args),
      ...readAuthorship(args),
      ...readMetadata(args),
      ...(threadTs === undefined ? {} : { threadTs, broadcast: args.flag("reply_broadcast") }),
    });
    return { channel: channel.id, ts: message.ts, message: parts.renderer.render(message, true) };
  },

  "chat.postEphemeral": (args, parts) => {
    const channel = readChannel(args, parts, { byName: true });
    const person = readPerson(args, parts);
    if (!parts.workspace.isMember(channel, person.id)) throw new SlackError("user_not_in_channel");
    const threadTs = readThread(args, parts, channel);
    const message = showEphemeral(parts, {
      ...appMessage(parts, channel.id),
      ...readMessageContent(args),
      ...readAuthorship(args),
      ephemeralFor: person.id,
      ...(threadTs === undefined ? {} : { threadTs }),
    });
    return { message_ts: message.ts };
  },

  "chat.update": (args, parts) => {
    const channel = readChannel(args, parts);
    const previous = readMessage(args, parts, channel);
    if (!previous.fromApp) throw new SlackError("cant_update_message");
    if (previous.stream?.state === "in_progress") throw new SlackError("streaming_state_conflict");
    const content = readMessageContent(args, "update");
    const { blocks, attachments, stream: _stream, ...kept } = previous;
    const isMarkdown = args.text("markdown_text") !== undefined;
    const keepsBlocks = !isMarkdown && args.json("blocks", "invalid_blocks_format") === undefined;
    const keepsAttachments = !isMarkdown && args.json("attachments", "invalid_attachments") === undefined;
    const message = republishMessage(
      parts,
      {
        ...kept,
        ...(keepsBlocks && blocks ? { blocks } : {}),
        ...(keepsAttachments && attachments ? { attachments } : {}),
        ...content,
        ...readMetadata(args),
        ...(args.flag("reply_broadcast") && previous.threadTs !== undefined ? { broadcast: true } : {}),
        edited: { user: app.botUserId, ts: parts.messages.nextTs() },
      },
      previous,
    );
    return {
      channel: channel.id,
      ts: message.ts,
      text: message.text,
      message: parts.renderer.render(message, true),
    };
  },

  "chat.delete": (args, parts) => {
    const channel = readChannel(args, parts);
    const message = readMessage(args, parts, channel);
    if (!message.fromApp) throw new SlackError("cant_delete_message");
    deleteMessage(parts, message);
    return { channel: channel.id, ts: message.ts };
  },

  "chat.getPermalink": (args, parts) => {
    const channel = readChannel(args, parts);
    const message = readMessage(args, parts, channel, "message_ts");
    const thread = message.threadTs === undefined ? "" : `?thread_ts=${message.threadTs}&cid=${channel.id}`;
    return {
      channel: channel.id,
      permalink: `${parts.baseUrl()}/archives/${channel.id}/p${message.ts.replace(".", "")}${thread}`,
    };
  },
};
