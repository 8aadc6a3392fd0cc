import { z } from "zod";
import {
  findChannel,
  findPerson,
  findThread,
  nameSchema,
  readInput,
  timestampSchema,
  type PeopleRoute,
} from "./people-input.ts";
import { compareTs } from "./message-store.ts";
import { renderView } from "./view-store.ts";

const messagesSchema = z.strictObject({
  user: nameSchema,
  channel: nameSchema,
  thread_ts: timestampSchema.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});
const viewsSchema = z.strictObject({ user: nameSchema });

/** What that person sees in a channel or thread, oldest first, ephemeral messages included. */
export const messages: PeopleRoute = (parts, input) => {
  const asked = readInput(messagesSchema, input);
  const person = findPerson(parts, asked.user);
  const channel = findChannel(parts, person, asked.channel);
  const root = asked.thread_ts === undefined ? undefined : findThread(parts, channel, asked.thread_ts);
  const shared = root
    ? [root, ...parts.messages.replies(channel.id, root.ts)]
    : parts.messages.topLevel(channel.id);
  const all = [...shared, ...parts.messages.ephemerals(channel.id, person.id, root?.ts)].toSorted((a, b) =>
    compareTs(a.ts, b.ts),
  );
  return {
    messages: all
      .slice(-asked.limit)
      .map((message) => ({ ...parts.renderer.render(message), channel: channel.id })),
  };
};

/** The modals that person has open, bottom to top, and the Home tab. */
export const views: PeopleRoute = (parts, input) => {
  const person = findPerson(parts, readInput(viewsSchema, input).user);
  const tab = parts.views.home(person.id);
  return { views: parts.views.stack(person.id).map(renderView), home: tab ? renderView(tab) : null };
};

/** The people, in the order researcher, lead, operator, guest. */
export const people: PeopleRoute = (parts) => ({
  people: parts.workspace
    .people()
    .filter((person) => !person.isBot)
    .map((person) => ({
      id: person.id,
      name: person.name,
      title: person.title,
      real_name: person.realName,
      locale: person.locale,
      tz: person.tz,
      is_restricted: person.isRestricted,
      deleted: person.deleted,
    })),
});

/** The last requests and deliveries, oldest first, without secrets. */
export const traffic: PeopleRoute = (parts) => ({ traffic: parts.traffic.list() });

/** The faults that are still to come. */
export const listFaults: PeopleRoute = (parts) => ({ faults: parts.faults.list() });
