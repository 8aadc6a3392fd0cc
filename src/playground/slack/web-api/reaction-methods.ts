import { changeReaction } from "../change-reaction.ts";
import { app } from "../workspace-seed.ts";
import { SlackError } from "./slack-error.ts";
import { readChannel, readMessage, type MethodFamily } from "./web-method.ts";

/** Emoji on messages. */
export const reactionMethods: MethodFamily = {
  "reactions.add": (args, parts) => {
    const name = args.required("name");
    const message = readMessage(args, parts, readChannel(args, parts), "timestamp");
    const outcome = changeReaction(parts, message, app.botUserId, name, "add");
    if (outcome !== "changed") throw new SlackError(outcome);
    return {};
  },

  "reactions.remove": (args, parts) => {
    const name = args.required("name");
    const message = readMessage(args, parts, readChannel(args, parts), "timestamp");
    const outcome = changeReaction(parts, message, app.botUserId, name, "remove");
    if (outcome !== "changed") throw new SlackError(outcome);
    return {};
  },

  "reactions.get": (args, parts) => {
    const channel = readChannel(args, parts);
    const message = readMessage(args, parts, channel, "timestamp");
    return { type: "message", channel: channel.id, message: parts.renderer.render(message) };
  },
};
