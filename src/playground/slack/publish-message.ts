import { app } from "./workspace-seed.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import { renderSession, type ThreadSession } from "./thread-sessions.ts";
import { compact } from "./wire-fields.ts";
import type { Message } from "./workspace-types.ts";

/** Stores a new message, shows it to who may see it, and tells the app. */
export function publishMessage(parts: PlaygroundParts, message: Message, mentionsBot = false): Message {
  parts.messages.put(message);
  announce(parts, message);
  announceRoot(parts, message);
  if (message.fromApp) clearStatus(parts, message.channel, message.threadTs);
  parts.events.posted(message, mentionsBot);
  return message;
}

/** Replaces a message. `quiet`: no event for the app, as while a stream grows. */
export function republishMessage(
  parts: PlaygroundParts,
  message: Message,
  previous: Message,
  quiet = false,
): Message {
  parts.messages.put(message);
  announce(parts, message);
  if (!quiet) parts.events.changed(message, previous);
  return message;
}

/** Deletes a message; a root with replies stays as a tombstone. */
export function deleteMessage(parts: PlaygroundParts, message: Message): void {
  const { messages, changes } = parts;
  parts.events.deleted(message);
  if (message.threadTs === undefined && messages.replies(message.channel, message.ts).length > 0) {
    const tombstone: Message = {
      channel: message.channel,
      ts: message.ts,
      user: "USLACKBOT",
      fromApp: false,
      subtype: "tombstone",
      text: "This message was deleted.",
    };
    messages.put(tombstone);
    announce(parts, tombstone);
    return;
  }
  messages.remove(message);
  changes.publish({
    type: "message_deleted",
    data: compact({ channel: message.channel, ts: message.ts, thread_ts: message.threadTs }),
    audience: audienceOf(parts, message),
  });
  announceRoot(parts, message);
}

/** Shows a message to one person; no history, no event. */
export function showEphemeral(
  parts: PlaygroundParts,
  message: Message & { readonly ephemeralFor: string },
): Message {
  parts.messages.put(message);
  announce(parts, message);
  return message;
}

/** Tells pages about a message, as its Slack object with its channel. */
export function announce(parts: PlaygroundParts, message: Message): void {
  const data = {
    channel: message.channel,
    message: { ...parts.renderer.render(message), channel: message.channel },
  };
  parts.changes.publish({ type: "message", data, audience: audienceOf(parts, message) });
}

/** The reply count of the root has changed. */
function announceRoot(parts: PlaygroundParts, message: Message): void {
  if (message.threadTs === undefined || message.ephemeralFor !== undefined) return;
  const root = parts.messages.get(message.channel, message.threadTs);
  if (root) announce(parts, root);
}

export function changeSession(
  parts: PlaygroundParts,
  channel: string,
  threadTs: string | undefined,
  change: ThreadSession,
): ThreadSession {
  const session = parts.sessions.change(channel, threadTs, change);
  const audience = parts.workspace.channel(channel)?.members ?? [];
  parts.changes.publish({ type: "session", data: renderSession(channel, threadTs, session), audience });
  return session;
}

/** A status line vanishes as soon as the app says something in its thread. */
function clearStatus(parts: PlaygroundParts, channel: string, threadTs: string | undefined): void {
  if (parts.sessions.get(channel, threadTs).status)
    changeSession(parts, channel, threadTs, { status: "", loadingMessages: [] });
}

function audienceOf(parts: PlaygroundParts, message: Message): readonly string[] {
  if (message.ephemeralFor !== undefined) return [message.ephemeralFor];
  return parts.workspace.channel(message.channel)?.members ?? [];
}

/** Fields that every message of the app has. */
export function appMessage(
  parts: PlaygroundParts,
  channel: string,
): Pick<Message, "channel" | "ts" | "user" | "fromApp"> {
  return { channel, ts: parts.messages.nextTs(), user: app.botUserId, fromApp: true };
}
