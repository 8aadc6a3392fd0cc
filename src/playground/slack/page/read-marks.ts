import { pageStore } from "./page-store.ts";
import { remembered } from "./remembered.ts";
import type { Channel } from "./slack-shapes.ts";

/** Up to where a person has read each channel; a channel never opened before counts as read until now. */
export function readMarks(me: string, channels: readonly Channel[]): Record<string, string> {
  const kept = storedMarks(me);
  return Object.fromEntries(
    channels.map((channel) => [channel.id, kept[channel.id] ?? channel.latest ?? "0"]),
  );
}

/** The open channel has been read to its end. */
export function markRead(channel: string): void {
  const { me, channels, readUpTo, mentions } = pageStore.get();
  const latest = channels.find((item) => item.id === channel)?.latest;
  if (!me || latest === null || latest === undefined) return;
  const marks = { ...readUpTo, [channel]: latest };
  pageStore.set({ readUpTo: marks, mentions: { ...mentions, [channel]: 0 } });
  remembered.write(`read.${me.id}`, JSON.stringify(marks));
}

export function isUnread(channel: Channel, readUpTo: Readonly<Record<string, string>>): boolean {
  return channel.latest !== null && channel.latest > (readUpTo[channel.id] ?? "0");
}

function storedMarks(me: string): Record<string, string | undefined> {
  try {
    const kept: unknown = JSON.parse(remembered.read(`read.${me}`) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Record<string, string>) : {};
  } catch {
    return {};
  }
}
