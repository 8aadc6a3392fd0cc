import type { HandlingContext } from "./bot-deps.ts";

/** Where a message goes that is edited while something lasts: into the thread in which it was asked for, or to the person directly. */
export async function placeOfProgress({ deps, delivery }: HandlingContext): Promise<{
  channel: string;
  threadTs: string | undefined;
  isHere: boolean;
}> {
  const { command, direct, channel, threadTs, ts, user } = delivery;
  if (command === undefined || direct)
    return { channel, threadTs: threadTs ?? (direct ? undefined : ts), isHere: true };
  const opened = await deps.client.conversations.open({ users: user });
  return { channel: opened.channel?.id ?? user, threadTs: undefined, isHere: false };
}
