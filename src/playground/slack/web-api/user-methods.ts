import { renderChannel, renderGroup, renderPerson } from "../render-people.ts";
import { app, team } from "../workspace-seed.ts";
import { listChannels } from "./conversation-methods.ts";
import { SlackError } from "./slack-error.ts";
import { readPage, readPerson, type MethodFamily } from "./web-method.ts";

/** People and user groups. */
export const userMethods: MethodFamily = {
  "users.info": (args, parts) => ({
    user: renderPerson(readPerson(args, parts), parts.clock.now(), args.flag("include_locale")),
  }),

  "users.list": (args, parts) => {
    const page = readPage(args, parts.workspace.people(), 200);
    const now = parts.clock.now();
    return {
      members: page.items.map((person) => renderPerson(person, now, args.flag("include_locale"))),
      cache_ts: Math.floor(now / 1_000),
      ...page.metadata,
    };
  },

  "users.lookupByEmail": (args, parts) => {
    const email = args.required("email").toLowerCase();
    const person = parts.workspace
      .people()
      .find((item) => item.email !== "" && item.email.toLowerCase() === email && !item.deleted);
    if (!person) throw new SlackError("users_not_found");
    return { user: renderPerson(person, parts.clock.now()) };
  },

  "users.conversations": (args, parts) => {
    const user = args.text("user") ?? app.botUserId;
    if (!parts.workspace.person(user)) throw new SlackError("user_not_found");
    const channels = listChannels(args, parts).filter(
      (channel) =>
        parts.workspace.isMember(channel, user) && parts.workspace.isMember(channel, app.botUserId),
    );
    const page = readPage(args, channels, 100);
    return { channels: page.items.map(renderChannel), ...page.metadata };
  },

  "usergroups.list": (args, parts) => ({
    usergroups: parts.workspace.groups().map((group) => renderGroup(group, args.flag("include_users"))),
    team_id: team.id,
  }),

  "usergroups.users.list": (args, parts) => {
    const id = args.required("usergroup");
    const group = parts.workspace.groups().find((item) => item.id === id);
    if (!group) throw new SlackError("no_such_subteam");
    return { users: group.users };
  },
};
