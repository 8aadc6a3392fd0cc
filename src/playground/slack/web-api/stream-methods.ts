import { validateBlocks } from "../../../slack-limits/validate-blocks.ts";
import { fillIds } from "../interactive-elements.ts";
import type { PlaygroundParts } from "../playground-parts.ts";
import { appMessage, changeSession, publishMessage, republishMessage } from "../publish-message.ts";
import { endQuietStream, watchStream } from "../stream-expiry.ts";
import { extendStream, streamBlocks, streamText } from "../stream-content.ts";
import { agentStatuses } from "../thread-sessions.ts";
import { team } from "../workspace-seed.ts";
import type { Message, MessageStream } from "../workspace-types.ts";
import type { MethodArguments } from "./method-arguments.ts";
import { readAuthorship, readMetadata } from "./read-message-content.ts";
import { invalidArguments, refusal, SlackError } from "./slack-error.ts";
import { readChannel, readMessage, readThread, type MethodFamily } from "./web-method.ts";

/** Messages that grow while they are written. */
export const streamMethods: MethodFamily = {
  "chat.startStream": (args, parts) => {
    const channel = readChannel(args, parts);
    const threadTs = readThread(args, parts, channel);
    if (channel.kind === "im") {
      if (threadTs === undefined) throw invalidArguments("missing required field: thread_ts");
    } else checkRecipient(args, parts);
    const display = args.text("task_display_mode") ?? "timeline";
    if (display !== "timeline" && display !== "plan")
      throw invalidArguments(
        "must be one of the allowed values: timeline, plan [json-pointer:/task_display_mode]",
      );
    const stream: MessageStream = {
      state: "in_progress",
      display,
      segments: [],
      lastAppendAt: parts.clock.now(),
    };
    const message = publishMessage(parts, {
      ...withStream({ ...appMessage(parts, channel.id), text: "" }, extend(args, parts, stream)),
      ...readAuthorship(args),
      ...(threadTs === undefined ? {} : { threadTs }),
    });
    watchStream(parts, message);
    return { channel: channel.id, ts: message.ts };
  },

  "chat.appendStream": (args, parts) => {
    const { message, stream } = readStreaming(args, parts);
    if (args.text("markdown_text") === undefined && args.json("chunks", "invalid_chunks") === undefined)
      throw new SlackError("no_text");
    republishMessage(parts, withStream(message, extend(args, parts, stream)), message, true);
    return { channel: message.channel, ts: message.ts };
  },

  "chat.stopStream": (args, parts) => {
    const { message, stream } = readStreaming(args, parts);
    const blocks = args.json("blocks", "invalid_blocks_format") ?? [];
    const problems = validateBlocks("message", blocks);
    if (problems.length > 0 || !Array.isArray(blocks)) throw refusal("invalid_blocks", problems);
    const sessionStatus = agentStatuses.find((status) => status === args.text("session_status"));
    if (sessionStatus === undefined && args.text("session_status") !== undefined)
      throw invalidArguments("unknown session_status");
    const ended = withStream(message, { ...extend(args, parts, stream), state: "completed" });
    const stopped = republishMessage(
      parts,
      { ...ended, blocks: [...(ended.blocks ?? []), ...fillIds(blocks)], ...readMetadata(args) },
      message,
    );
    if (sessionStatus !== undefined)
      changeSession(parts, message.channel, message.threadTs, { agentStatus: sessionStatus });
    return { channel: message.channel, ts: message.ts, message: parts.renderer.render(stopped, true) };
  },
};

function checkRecipient(args: MethodArguments, parts: PlaygroundParts): void {
  const user = args.text("recipient_user_id");
  if (user === undefined) throw new SlackError("missing_recipient_user_id");
  const teamId = args.text("recipient_team_id");
  if (teamId === undefined) throw new SlackError("missing_recipient_team_id");
  if (!parts.workspace.person(user)) throw new SlackError("user_not_found");
  if (teamId !== team.id) throw new SlackError("team_not_found");
}

function readStreaming(
  args: MethodArguments,
  parts: PlaygroundParts,
): { readonly message: Message; readonly stream: MessageStream } {
  const message = readMessage(args, parts, readChannel(args, parts));
  if (!message.fromApp) throw new SlackError("message_not_owned_by_app");
  const stream = message.stream;
  if (stream?.state !== "in_progress") throw new SlackError("message_not_in_streaming_state");
  if (endQuietStream(parts, message)) throw new SlackError("message_not_in_streaming_state");
  return { message, stream };
}

function extend(args: MethodArguments, parts: PlaygroundParts, stream: MessageStream): MessageStream {
  const markdownText = args.text("markdown_text");
  const verdict = extendStream(
    stream,
    { markdownText, chunks: args.json("chunks", "invalid_chunks") },
    parts.clock.now(),
  );
  if (verdict.kind === "stream") return verdict.stream;
  throw new SlackError(verdict.error, {
    response_metadata: { messages: verdict.problems.map((problem) => `[ERROR] ${problem}`) },
  });
}

function withStream(message: Message, stream: MessageStream): Message {
  return { ...message, stream, text: streamText(stream), blocks: streamBlocks(stream) };
}
