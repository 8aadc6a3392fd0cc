import { z } from "zod";
import { changeReaction } from "./change-reaction.ts";
import {
  findActor,
  findChannel,
  findMessage,
  findThread,
  nameSchema,
  PeopleError,
  readInput,
  timestampSchema,
  type PeopleRoute,
} from "./people-input.ts";
import { newId } from "./new-id.ts";
import { deleteMessage, publishMessage, republishMessage } from "./publish-message.ts";
import { mentionsBot, readTypedText } from "./typed-text.ts";
import type { Message } from "./workspace-types.ts";

const place = { user: nameSchema, channel: nameSchema };
const text = z.string().trim().min(1, "must not be empty").max(40_000);

const saySchema = z.strictObject({
  ...place,
  text,
  thread_ts: timestampSchema.optional(),
  reply_broadcast: z.boolean().optional(),
});
const editSchema = z.strictObject({ ...place, text, ts: timestampSchema });
const deleteSchema = z.strictObject({ ...place, ts: timestampSchema });
const reactSchema = z.strictObject({
  ...place,
  ts: timestampSchema,
  name: nameSchema,
  remove: z.boolean().optional(),
});

/** Writes a message as that person. */
export const say: PeopleRoute = (parts, input) => {
  const asked = readInput(saySchema, input);
  const person = findActor(parts, asked.user);
  const channel = findChannel(parts, person, asked.channel);
  const root = asked.thread_ts === undefined ? undefined : findThread(parts, channel, asked.thread_ts);
  const typed = readTypedText(asked.text, parts.workspace);
  const message = publishMessage(
    parts,
    {
      channel: channel.id,
      ts: parts.messages.nextTs(),
      user: person.id,
      fromApp: false,
      text: typed.text,
      blocks: typed.blocks.map((block) => ({ ...block, block_id: newId("", 5) })),
      clientMessageId: crypto.randomUUID(),
      ...(root ? { threadTs: root.ts, broadcast: asked.reply_broadcast === true } : {}),
    },
    mentionsBot(typed.mentions),
  );
  return { ts: message.ts, channel: channel.id, ...(root ? { thread_ts: root.ts } : {}) };
};

/** Edits one's own message. */
export const edit: PeopleRoute = (parts, input) => {
  const asked = readInput(editSchema, input);
  const person = findActor(parts, asked.user);
  const message = findMessage(parts, person, findChannel(parts, person, asked.channel), asked.ts);
  checkOwn(message, person.id);
  const typed = readTypedText(asked.text, parts.workspace);
  const edited = { user: person.id, ts: parts.messages.nextTs() };
  const blocks = typed.blocks.map((block) => ({ ...block, block_id: newId("", 5) }));
  republishMessage(parts, { ...message, text: typed.text, blocks, edited }, message);
  return { ts: message.ts };
};

/** Deletes one's own message. */
export const remove: PeopleRoute = (parts, input) => {
  const asked = readInput(deleteSchema, input);
  const person = findActor(parts, asked.user);
  const message = findMessage(parts, person, findChannel(parts, person, asked.channel), asked.ts);
  checkOwn(message, person.id);
  deleteMessage(parts, message);
  return { ts: message.ts };
};

/** Adds an emoji, or takes it back. */
export const react: PeopleRoute = (parts, input) => {
  const asked = readInput(reactSchema, input);
  const person = findActor(parts, asked.user);
  const message = findMessage(parts, person, findChannel(parts, person, asked.channel), asked.ts);
  if (message.ephemeralFor !== undefined)
    throw new PeopleError("message_not_found", "ephemeral messages take no reactions");
  const outcome = changeReaction(
    parts,
    message,
    person.id,
    asked.name.replaceAll(":", ""),
    asked.remove === true ? "remove" : "add",
  );
  if (outcome !== "changed") throw new PeopleError(outcome, `the reaction ${asked.name} was not changed`);
  return {};
};

function checkOwn(message: Message, user: string): void {
  if (message.user !== user || message.ephemeralFor !== undefined)
    throw new PeopleError("cant_update_message", "this is not one's own message");
}
