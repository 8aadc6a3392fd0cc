import { z } from "zod";
import { askApp, failedAnswer } from "./ask-app.ts";
import {
  channelFields,
  findActor,
  findChannel,
  findMessage,
  findThread,
  interactionFields,
  nameSchema,
  PeopleError,
  readInput,
  timestampSchema,
  type PeopleRoute,
} from "./people-input.ts";
import { appMessage, publishMessage } from "./publish-message.ts";
import { renderView } from "./view-store.ts";
import { app, team } from "./workspace-seed.ts";
import { compact } from "./wire-fields.ts";

const homeSchema = z.strictObject({ user: nameSchema, tab: z.enum(["home", "messages"]).default("home") });
const assistantSchema = z.strictObject({ user: nameSchema, channel: nameSchema.optional() });
const stopSchema = z.strictObject({ user: nameSchema, channel: nameSchema, thread_ts: timestampSchema });
const shortcutSchema = z.strictObject({
  user: nameSchema,
  callback_id: nameSchema,
  channel: nameSchema.optional(),
  ts: timestampSchema.optional(),
});

/** Opens the bot's Home tab, or its messages tab; answers the Home as it stands. */
export const home: PeopleRoute = (parts, input) => {
  const asked = readInput(homeSchema, input);
  const person = findActor(parts, asked.user);
  const view = parts.views.home(person.id);
  const direct = findChannel(parts, person, app.name);
  parts.events.homeOpened(
    person,
    asked.tab,
    direct.id,
    asked.tab === "home" && view ? renderView(view) : undefined,
  );
  return { view: view ? renderView(view) : null };
};

/** Opens a new assistant thread beside the channel that the person looks at. */
export const assistant: PeopleRoute = (parts, input) => {
  const asked = readInput(assistantSchema, input);
  const person = findActor(parts, asked.user);
  const direct = findChannel(parts, person, app.name);
  const context =
    asked.channel === undefined
      ? {}
      : { channel_id: findChannel(parts, person, asked.channel).id, team_id: team.id, enterprise_id: null };
  const root = publishMessage(parts, {
    ...appMessage(parts, direct.id),
    text: "New assistant thread",
    subtype: "assistant_app_thread",
  });
  parts.events.send({
    type: "assistant_thread_started",
    assistant_thread: { user_id: person.id, context, channel_id: direct.id, thread_ts: root.ts },
    event_ts: parts.messages.nextTs(),
  });
  return { channel: direct.id, thread_ts: root.ts };
};

/** Presses the Stop button of a running answer. The app must stop and say so itself. */
export const stop: PeopleRoute = (parts, input) => {
  const asked = readInput(stopSchema, input);
  const person = findActor(parts, asked.user);
  const channel = findChannel(parts, person, asked.channel);
  const root = findThread(parts, channel, asked.thread_ts);
  const streaming = parts.messages
    .replies(channel.id, root.ts)
    .filter((message) => message.stream?.state === "in_progress");
  parts.events.send({
    type: "agent_session_stopped",
    channel: channel.id,
    user: person.id,
    thread_ts: root.ts,
    streaming_message_ts: streaming.map((message) => message.ts),
    event_ts: parts.messages.nextTs(),
  });
  return {};
};

/** Runs a shortcut: a message's with channel and ts, a global one without. */
export const shortcut: PeopleRoute = async (parts, input) => {
  const asked = readInput(shortcutSchema, input);
  const person = findActor(parts, asked.user);
  const common = {
    ...interactionFields(parts, person),
    callback_id: asked.callback_id,
    trigger_id: parts.triggers.create(person.id),
    action_ts: parts.messages.nextTs(),
  };
  if ((asked.channel === undefined) !== (asked.ts === undefined))
    throw new PeopleError(
      "invalid_arguments",
      "channel and ts: give both for a message shortcut, none for a global one",
    );
  let payload = compact({ type: "shortcut", ...common });
  if (asked.channel !== undefined && asked.ts !== undefined) {
    const channel = findChannel(parts, person, asked.channel);
    const message = findMessage(parts, person, channel, asked.ts);
    if (message.ephemeralFor !== undefined)
      throw new PeopleError("message_not_found", "ephemeral messages have no shortcuts");
    payload = {
      type: "message_action",
      ...common,
      channel: channelFields(channel),
      message_ts: message.ts,
      message: parts.renderer.render(message),
      response_url: parts.responseUrls.create("app", {
        channel: channel.id,
        user: person.id,
        messageTs: message.ts,
      }),
    };
  }
  const outcome = await askApp(
    parts,
    person,
    { type: "interactive", name: String(payload["type"]), payload },
    "The shortcut",
  );
  return outcome.kind === "failed" ? failedAnswer(outcome.error) : { acked: true };
};
