import { z } from "zod";
import { findPerson, nameSchema, PeopleError, readInput, type PeopleRoute } from "./people-input.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import { app } from "./workspace-seed.ts";
import type { Channel } from "./workspace-types.ts";

const memberSchema = z.strictObject({ channel: nameSchema, user: nameSchema });
const personSchema = z.strictObject({
  user: nameSchema,
  deactivated: z.boolean().optional(),
  restricted: z.boolean().optional(),
  external: z.boolean().optional(),
  locale: z.string().min(2).optional(),
});
const groupSchema = z.strictObject({ group: nameSchema, users: z.array(nameSchema) });

/** Adds somebody, the bot too, to a channel. */
export const invite: PeopleRoute = (parts, input) => {
  const asked = readInput(memberSchema, input);
  const channel = findAnyChannel(parts, asked.channel);
  const user = findMember(parts, asked.user);
  if (channel.members.includes(user)) return {};
  parts.events.memberJoined(parts.workspace.setMembers(channel, [...channel.members, user]), user, "U02LEAD");
  parts.changes.publish({ type: "channels", data: {} });
  return {};
};

/** Takes somebody, the bot too, out of a channel. */
export const kick: PeopleRoute = (parts, input) => {
  const asked = readInput(memberSchema, input);
  const channel = findAnyChannel(parts, asked.channel);
  const user = findMember(parts, asked.user);
  parts.workspace.setMembers(
    channel,
    channel.members.filter((member) => member !== user),
  );
  parts.changes.publish({ type: "channels", data: {} });
  return {};
};

/** Deactivates a person, makes one a guest or a member of another workspace, or changes the language. */
export const person: PeopleRoute = (parts, input) => {
  const asked = readInput(personSchema, input);
  const known = findPerson(parts, asked.user);
  parts.workspace.setPerson({
    ...known,
    deleted: asked.deactivated ?? known.deleted,
    isRestricted: asked.restricted ?? known.isRestricted,
    isExternal: asked.external ?? known.isExternal ?? false,
    locale: asked.locale ?? known.locale,
  });
  parts.changes.publish({ type: "people", data: {} });
  return {};
};

/** Sets the members of a user group. */
export const group: PeopleRoute = (parts, input) => {
  const asked = readInput(groupSchema, input);
  const known = parts.workspace.findGroup(asked.group);
  if (!known) {
    const handles = parts.workspace.groups().map((item) => item.handle);
    throw new PeopleError(
      "group_not_found",
      `no user group "${asked.group}"; there are ${handles.join(", ")}`,
    );
  }
  const users = [...new Set(asked.users.map((user) => findPerson(parts, user).id))];
  parts.workspace.setGroup({ ...known, users });
  const added = users.filter((user) => !known.users.includes(user));
  const removed = known.users.filter((user) => !users.includes(user));
  if (added.length > 0 || removed.length > 0) parts.events.groupChanged(known.id, added, removed);
  return { users };
};

function findAnyChannel(parts: PlaygroundParts, idOrName: string): Channel {
  const channel = parts.workspace.findChannel(idOrName);
  if (channel && channel.kind !== "im") return channel;
  const names = parts.workspace.channels().filter((item) => item.kind !== "im");
  throw new PeopleError(
    "channel_not_found",
    `no channel "${idOrName}"; there are ${names.map((item) => item.name).join(", ")}`,
  );
}

function findMember(parts: PlaygroundParts, idOrName: string): string {
  return parts.workspace.findPerson(idOrName)?.isBot ? app.botUserId : findPerson(parts, idOrName).id;
}
