import type { PlaygroundParts } from "./playground-parts.ts";
import { announce } from "./publish-message.ts";
import type { Message, Reaction } from "./workspace-types.ts";

export type ReactionOutcome = "changed" | "already_reacted" | "no_reaction" | "invalid_name";

/** Adds or takes back one person's emoji, and tells pages and the app. `name` is without colons. */
export function changeReaction(
  parts: PlaygroundParts,
  message: Message,
  user: string,
  name: string,
  operation: "add" | "remove",
): ReactionOutcome {
  if (!/^[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?$/.test(name)) return "invalid_name";
  const reactions = message.reactions ?? [];
  const known = reactions.find((reaction) => reaction.name === name);
  const has = known?.users.includes(user) === true;
  if (has === (operation === "add")) return has ? "already_reacted" : "no_reaction";
  const users =
    operation === "add"
      ? [...(known?.users ?? []), user]
      : (known?.users ?? []).filter((item) => item !== user);
  const changed: Reaction = { name, users };
  const next = known
    ? reactions.map((reaction) => (reaction === known ? changed : reaction))
    : [...reactions, changed];
  const updated: Message = { ...message, reactions: next.filter((reaction) => reaction.users.length > 0) };
  parts.messages.put(updated);
  announce(parts, updated);
  parts.events.reaction(operation === "add" ? "reaction_added" : "reaction_removed", user, name, updated);
  return "changed";
}
