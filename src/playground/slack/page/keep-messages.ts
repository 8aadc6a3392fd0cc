import { pageStore, type ChannelMessages } from "./page-store.ts";
import type { Message } from "./slack-shapes.ts";

/** Puts messages where they belong by their timestamp. */
export function keepMessages(channel: string, messages: readonly Message[]): void {
  if (messages.length === 0) return;
  const next = new Map(pageStore.get().messages.get(channel));
  for (const message of messages) next.set(message.ts, message);
  replace(channel, next);
}

/** Puts a whole channel or thread as it was read; those of `before` that are not in it any more were deleted meanwhile. */
export function replaceListing(
  channel: string,
  thread: string | undefined,
  read: readonly Message[],
  before: ChannelMessages | undefined,
): void {
  const listed = thread === undefined ? topLevel(before) : inThread(before, thread);
  const still = new Set(read.map((message) => message.ts));
  const oldest = read[0]?.ts ?? "";
  const next = new Map(pageStore.get().messages.get(channel));
  for (const { ts } of listed) if (!still.has(ts) && ts >= oldest) next.delete(ts);
  for (const message of read) next.set(message.ts, message);
  replace(channel, next);
}

export function dropMessage(channel: string, ts: string): void {
  const next = new Map(pageStore.get().messages.get(channel));
  if (next.delete(ts)) replace(channel, next);
}

function replace(channel: string, next: ChannelMessages): void {
  pageStore.set({ messages: new Map(pageStore.get().messages).set(channel, next) });
}

/** What stands in the channel itself, oldest first. */
export function topLevel(messages: ChannelMessages | undefined): Message[] {
  return inOrder(messages, (message) => !isReply(message) || message.subtype === "thread_broadcast");
}

/** The root of a thread and its replies, oldest first. */
export function inThread(messages: ChannelMessages | undefined, root: string): Message[] {
  return inOrder(messages, (message) => message.ts === root || message.thread_ts === root);
}

export function isReply(message: Message): boolean {
  return message.thread_ts !== undefined && message.thread_ts !== message.ts;
}

function inOrder(messages: ChannelMessages | undefined, belongs: (message: Message) => boolean): Message[] {
  return [...(messages?.values() ?? [])]
    .filter(belongs)
    .toSorted((one, other) => (one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0));
}
