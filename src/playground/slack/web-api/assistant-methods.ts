import { slackLimits } from "../../../slack-limits/slack-limits.ts";
import type { PlaygroundParts } from "../playground-parts.ts";
import { changeSession } from "../publish-message.ts";
import { agentStatuses } from "../thread-sessions.ts";
import { isFields, readText } from "../wire-fields.ts";
import type { MethodArguments } from "./method-arguments.ts";
import { invalidArguments, SlackError } from "./slack-error.ts";
import { readChannel, readThread, type MethodFamily } from "./web-method.ts";

/** Status, prompts and title of assistant threads, and the state of agent sessions. */
export const assistantMethods: MethodFamily = {
  "assistant.threads.setStatus": (args, parts) => {
    const { channel, threadTs } = readPlace(args, parts, true);
    const loadingMessages = args.list("loading_messages") ?? [];
    changeSession(parts, channel, threadTs, { status: args.text("status") ?? "", loadingMessages });
    return {};
  },

  "assistant.threads.setTitle": (args, parts) => {
    const { channel, threadTs } = readPlace(args, parts, true);
    changeSession(parts, channel, threadTs, { title: args.required("title") });
    return {};
  },

  "assistant.threads.setSuggestedPrompts": (args, parts) => {
    const { channel, threadTs } = readPlace(args, parts, false);
    const prompts = args.json("prompts");
    if (!Array.isArray(prompts) || prompts.length === 0)
      throw invalidArguments("missing required field: prompts");
    if (prompts.length > slackLimits.assistant.prompts)
      throw invalidArguments(
        `no more than ${slackLimits.assistant.prompts} items allowed [json-pointer:/prompts]`,
      );
    const read = prompts.map((prompt: unknown, index) => {
      const title = isFields(prompt) ? readText(prompt, "title") : undefined;
      const message = isFields(prompt) ? readText(prompt, "message") : undefined;
      if (title === undefined || message === undefined)
        throw invalidArguments(
          `missing required field: ${title === undefined ? "title" : "message"} [json-pointer:/prompts/${index}]`,
        );
      return { title, message };
    });
    changeSession(parts, channel, threadTs, { prompts: read, promptsTitle: args.text("title") ?? "" });
    return {};
  },

  "agents.sessions.setStatus": (args, parts) => {
    const { channel, threadTs } = readPlace(args, parts, false);
    const wanted = args.required("status");
    const agentStatus = agentStatuses.find((status) => status === wanted);
    if (agentStatus === undefined)
      throw invalidArguments(
        `must be one of the allowed values: ${agentStatuses.join(", ")} [json-pointer:/status]`,
      );
    const title = args.text("title");
    const initiator = args.text("initiator_user_id");
    const session = changeSession(parts, channel, threadTs, {
      agentStatus,
      ...(title === undefined ? {} : { title }),
      ...(initiator === undefined ? {} : { initiator }),
    });
    return { status: agentStatus, agent_status: agentStatus, title: session.title ?? "" };
  },

  "agents.sessions.rename": (args, parts) => {
    const { channel, threadTs } = readPlace(args, parts, false);
    const title = args.required("title");
    changeSession(parts, channel, threadTs, { title });
    return { title };
  },
};

function readPlace(
  args: MethodArguments,
  parts: PlaygroundParts,
  needsThread: boolean,
): { readonly channel: string; readonly threadTs: string | undefined } {
  const channel = readChannel(args, parts, { name: "channel_id" });
  if (needsThread && args.text("thread_ts") === undefined)
    throw invalidArguments("missing required field: thread_ts");
  if (channel.kind !== "im" && args.text("thread_ts") === undefined)
    throw new SlackError("invalid_thread_ts");
  return { channel: channel.id, threadTs: readThread(args, parts, channel) };
}
