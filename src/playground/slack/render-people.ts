import { app, otherTeamId, team } from "./workspace-seed.ts";
import { compact, type Fields } from "./wire-fields.ts";
import type { Channel, Person, UserGroup } from "./workspace-types.ts";

/** Slack's user object. The locale is in it only when it was asked for. */
export function renderPerson(person: Person, nowMs: number, includeLocale = false): Fields {
  return compact({
    id: person.id,
    team_id: teamOf(person),
    name: person.name,
    deleted: person.deleted,
    color: "4bbe2e",
    real_name: person.realName,
    tz: person.tz,
    tz_label: zoneLabel(person.tz, nowMs),
    tz_offset: offsetSeconds(person.tz, nowMs),
    profile: compact({
      title: person.title,
      real_name: person.realName,
      real_name_normalized: person.realName,
      display_name: person.name,
      display_name_normalized: person.name,
      email: person.email === "" ? undefined : person.email,
      first_name: person.realName.split(" ")[0],
      last_name: person.realName.split(" ").slice(1).join(" "),
      team: teamOf(person),
      bot_id: person.isBot ? app.botId : undefined,
      api_app_id: person.isBot ? app.id : undefined,
    }),
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.isRestricted,
    is_ultra_restricted: false,
    is_stranger: person.isExternal ? true : undefined,
    is_bot: person.isBot,
    is_app_user: false,
    is_email_confirmed: !person.isBot,
    updated: 1_750_000_000,
    locale: includeLocale ? person.locale : undefined,
  });
}

/** The workspace a person belongs to. */
export function teamOf(person: Person): string {
  return person.isExternal ? otherTeamId : team.id;
}

/** Seconds east of UTC at that moment. */
export function offsetSeconds(timeZone: string, nowMs: number): number {
  const name = zoneName(timeZone, nowMs, "longOffset");
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (!match) return 0;
  const seconds = Number(match[2]) * 3_600 + Number(match[3]) * 60;
  return match[1] === "-" ? -seconds : seconds;
}

function zoneLabel(timeZone: string, nowMs: number): string {
  return zoneName(timeZone, nowMs, "long");
}

function zoneName(timeZone: string, nowMs: number, style: "long" | "longOffset"): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: style }).formatToParts(nowMs);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? timeZone;
}

/** Slack's conversation object, as the bot sees it. */
export function renderChannel(channel: Channel): Fields {
  const created = 1_750_000_000;
  if (channel.kind === "im") {
    return {
      id: channel.id,
      created,
      is_archived: false,
      is_im: true,
      is_org_shared: false,
      context_team_id: team.id,
      user: channel.name,
      is_user_deleted: false,
      priority: 0,
    };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === "channel",
    is_group: channel.kind === "group",
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === "group",
    created,
    creator: "U02LEAD",
    is_archived: false,
    is_general: channel.name === "general",
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    is_member: channel.members.includes(app.botUserId),
    num_members: channel.members.length,
    context_team_id: team.id,
    topic: { value: "", creator: "", last_set: 0 },
    purpose: { value: channel.purpose, creator: "U02LEAD", last_set: created },
  };
}

/** Slack's user group object. */
export function renderGroup(group: UserGroup, includeUsers: boolean): Fields {
  return compact({
    id: group.id,
    team_id: team.id,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    description: "",
    handle: group.handle,
    is_external: false,
    date_create: 1_750_000_000,
    date_update: 1_750_000_000,
    date_delete: 0,
    auto_type: null,
    created_by: "U02LEAD",
    updated_by: "U02LEAD",
    prefs: { channels: [], groups: [] },
    user_count: group.users.length,
    users: includeUsers ? group.users : undefined,
  });
}
