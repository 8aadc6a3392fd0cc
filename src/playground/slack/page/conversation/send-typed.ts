import { doAs } from "../call-page.ts";

/** Sends a message, or runs what starts with a slash as a command. False: it was refused, and is worth keeping. */
export async function sendTyped(
  typed: string,
  channel: string,
  thread: string | undefined,
  broadcast: boolean,
): Promise<boolean> {
  const place = { channel, ...(thread === undefined ? {} : { thread_ts: thread }) };
  const command = /^\/([^\s/]+)(?:\s+([\s\S]*))?$/.exec(typed.trim());
  if (command) {
    const answer = await doAs("command", { ...place, command: `/${command[1]}`, text: command[2] ?? "" });
    return answer.ok;
  }
  const answer = await doAs("say", {
    ...place,
    text: typed,
    ...(thread !== undefined && broadcast ? { reply_broadcast: true } : {}),
  });
  return answer.ok;
}
