import type { PlaygroundParts } from "./playground-parts.ts";
import {
  appMessage,
  deleteMessage,
  publishMessage,
  republishMessage,
  showEphemeral,
} from "./publish-message.ts";
import type { ResponseTarget } from "./response-urls.ts";
import { contentOf } from "./web-api/read-message-content.ts";
import { SlackError } from "./web-api/slack-error.ts";
import { app } from "./workspace-seed.ts";
import { isFields, readText, type UnknownFields } from "./wire-fields.ts";
import type { Message } from "./workspace-types.ts";

/**
 * Does what a response_url or the acknowledgement of a command asks: a message for that person alone unless it says
 * `in_channel`, or a change to the message it came from. Returns the message shown, undefined when one was deleted.
 * Throws a `SlackError` when Slack would refuse it.
 */
export function applyResponse(
  parts: PlaygroundParts,
  target: ResponseTarget,
  body: unknown,
): Message | undefined {
  const fields = typeof body === "string" ? { text: body } : body;
  if (!isFields(fields)) throw new SlackError("invalid_payload");
  const original =
    target.messageTs === undefined ? undefined : parts.messages.get(target.channel, target.messageTs);
  if (isTrue(fields["delete_original"])) {
    if (!original?.fromApp) throw new SlackError("message_not_found");
    remove(parts, original);
    return undefined;
  }
  const content = contentOf(fields);
  if (isTrue(fields["replace_original"]) && original?.fromApp) return replace(parts, original, content);
  const threadTs = readThread(parts, target, fields);
  const message: Message = {
    ...appMessage(parts, target.channel),
    ...content,
    ...(threadTs === undefined ? {} : { threadTs }),
  };
  if (fields["response_type"] === "in_channel") return publishMessage(parts, message);
  return showEphemeral(parts, { ...message, ephemeralFor: target.user });
}

function replace(
  parts: PlaygroundParts,
  original: Message,
  content: Pick<Message, "text" | "blocks" | "attachments">,
): Message {
  const { blocks: _blocks, attachments: _attachments, stream: _stream, ...kept } = original;
  const edited = { user: app.botUserId, ts: parts.messages.nextTs() };
  const { ephemeralFor } = original;
  if (ephemeralFor !== undefined) return showEphemeral(parts, { ...kept, ...content, ephemeralFor });
  return republishMessage(parts, { ...kept, ...content, edited }, original);
}

function remove(parts: PlaygroundParts, original: Message): void {
  if (original.ephemeralFor === undefined) return deleteMessage(parts, original);
  parts.messages.remove(original);
  parts.changes.publish({
    type: "message_deleted",
    data: { channel: original.channel, ts: original.ts },
    audience: [original.ephemeralFor],
  });
}

function readThread(
  parts: PlaygroundParts,
  target: ResponseTarget,
  fields: UnknownFields,
): string | undefined {
  const threadTs = readText(fields, "thread_ts");
  if (threadTs === undefined) return undefined;
  const root = parts.messages.get(target.channel, threadTs);
  if (!root || root.threadTs !== undefined) throw new SlackError("thread_not_found");
  return threadTs;
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
