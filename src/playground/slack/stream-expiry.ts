import type { PlaygroundParts } from "./playground-parts.ts";
import { republishMessage } from "./publish-message.ts";
import type { Message } from "./workspace-types.ts";

/** Slack ends a stream to which nothing was appended for so long. */
export const quietStreamMs = 4 * 60_000;

/** Ends the stream of a message once it was quiet for too long; it then takes no more text. */
export function watchStream(parts: PlaygroundParts, message: Message): void {
  if (message.stream?.state !== "in_progress") return;
  const dueMs = message.stream.lastAppendAt + quietStreamMs - parts.clock.now();
  parts.clock.schedule(dueMs + 1, () => {
    const now = parts.messages.get(message.channel, message.ts);
    if (now && !endQuietStream(parts, now)) watchStream(parts, now);
  });
}

/** Ends the stream if it is over its time; whether it did. */
export function endQuietStream(parts: PlaygroundParts, message: Message): boolean {
  const { stream } = message;
  if (stream?.state !== "in_progress" || parts.clock.now() - stream.lastAppendAt <= quietStreamMs)
    return false;
  republishMessage(parts, { ...message, stream: { ...stream, state: "errored" } }, message);
  return true;
}
