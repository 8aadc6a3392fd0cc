import { z } from "zod";
import type { PlaygroundParts } from "./playground-parts.ts";
import { teamOf } from "./render-people.ts";
import { app, team } from "./workspace-seed.ts";
import type { Fields } from "./wire-fields.ts";
import type { Channel, Message, Person } from "./workspace-types.ts";

/** What a person's step answers; becomes `{ok: true, …}` unless it says `ok` itself. */
export type PeopleAnswer = Fields;

/** One thing that a person can do or look at, by the control API or by the page. */
export type PeopleRoute = (parts: PlaygroundParts, input: unknown) => PeopleAnswer | Promise<PeopleAnswer>;

/** A request that cannot be done; `message` says what to write instead. Becomes `{ok: false, error, message}` with HTTP 400. */
export class PeopleError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export const timestampSchema = z
  .string()
  .regex(/^\d+\.\d+$/, "must be a message timestamp such as 1750000000.000100");
export const nameSchema = z.string().min(1);

/** Reads an input by its schema, or says which field is wrong. */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  throw new PeopleError("invalid_arguments", problems.join("; "));
}

/** A person (never the bot) by id or name; deactivated people can look but not act. */
export function findPerson(parts: PlaygroundParts, idOrName: string): Person {
  const person = parts.workspace.findPerson(idOrName);
  if (person && !person.isBot) return person;
  const known = parts.workspace.people().filter((item) => !item.isBot);
  throw new PeopleError(
    "user_not_found",
    `no user "${idOrName}"; there are ${known.map((item) => `${item.name} (${item.id})`).join(", ")}`,
  );
}

export function findActor(parts: PlaygroundParts, idOrName: string): Person {
  const person = findPerson(parts, idOrName);
  if (person.deleted) throw new PeopleError("account_inactive", `${person.name} is deactivated`);
  return person;
}

/** A conversation that the person is in, by id or name, "@jibsa" being the direct message with the bot. */
export function findChannel(parts: PlaygroundParts, person: Person, idOrName: string): Channel {
  const channel = parts.workspace.findChannel(idOrName, person.id);
  const own = parts.workspace.channelsOf(person.id);
  if (!channel || (channel.kind === "im" && !own.includes(channel))) {
    const names = own.map((item) => (item.kind === "im" ? `@${app.name}` : item.name));
    throw new PeopleError(
      "channel_not_found",
      `no channel "${idOrName}"; ${person.name} is in ${names.join(", ")}`,
    );
  }
  if (!parts.workspace.isMember(channel, person.id)) {
    throw new PeopleError("not_in_channel", `${person.name} is not in #${channel.name}`);
  }
  return channel;
}

/** A message that the person can see there, ephemeral ones included. */
export function findMessage(parts: PlaygroundParts, person: Person, channel: Channel, ts: string): Message {
  const message = parts.messages.get(channel.id, ts);
  if (!message || (message.ephemeralFor !== undefined && message.ephemeralFor !== person.id)) {
    throw new PeopleError("message_not_found", `${person.name} sees no message ${ts} in ${channel.id}`);
  }
  return message;
}

/** The root of a thread. */
export function findThread(parts: PlaygroundParts, channel: Channel, threadTs: string): Message {
  const message = parts.messages.get(channel.id, threadTs);
  const root = message?.threadTs === undefined ? message : parts.messages.get(channel.id, message.threadTs);
  if (!root || root.ephemeralFor !== undefined)
    throw new PeopleError("thread_not_found", `no thread ${threadTs} in ${channel.id}`);
  return root;
}

/** The user, team and app fields that every interaction carries. */
export function interactionFields(parts: PlaygroundParts, person: Person): Fields {
  return {
    user: { id: person.id, username: person.name, name: person.name, team_id: teamOf(person) },
    api_app_id: app.id,
    token: parts.secrets.verificationToken,
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** A conversation as payloads name it. */
export function channelFields(channel: Channel): Fields {
  return { id: channel.id, name: channel.kind === "im" ? "directmessage" : channel.name };
}
