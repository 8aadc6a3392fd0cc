import type { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import { z } from "zod";
import { identityOf, rolesOf, type Policy } from "../actions/policy.ts";
import { PersonUnavailableError, type Person, type Stage } from "../actions/ports.ts";
import { escapeMrkdwn } from "./escape.ts";
import { isSlackError, readSlackError } from "./slack-error.ts";
import { localeOfSlack } from "./texts/texts.ts";

export type PersonLookup =
  | { kind: "member"; person: Person }
  | { kind: "refused"; cause: "guest" | "external" | "deactivated" | "unknown"; locale: "en" | "ko" };

const userSchema = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  name: z.string(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  locale: z.string().optional(),
  tz: z.string().optional(),
  profile: z.object({ email: z.string().optional(), display_name: z.string().optional() }).optional(),
});

const UNKNOWN_PERSON = ["user_not_found", "users_not_found", "user_not_visible"];
const CACHE_MS = 300_000;

/** Who a Slack user is to us: from users.info and the user groups, kept for at most 5 minutes. Outages are thrown. */
export function createSlackPeople(deps: {
  client: WebClient;
  policy: Policy;
  /** Approvers that stages name, beside those of the policy. */
  stageApprovers: readonly string[];
  logger: Logger;
  teamId: string;
  now(): Date;
}) {
  const { client, policy } = deps;
  const users = new Map<string, { at: number; lookup: PersonLookup }>();
  let groups:
    | {
        at: number;
        /** User id -> ids and handles of its groups. */
        members: ReadonlyMap<string, readonly string[]>;
        /** Handle or id -> id. */
        ids: ReadonlyMap<string, string>;
      }
    | undefined;

  /** None where the workspace has no user groups or the app may not see them: policies by id and e-mail still work. */
  async function listGroups() {
    try {
      return (await client.usergroups.list({ include_users: true })).usergroups ?? [];
    } catch (error) {
      const failure = readSlackError(error);
      if (failure.kind !== "refused") throw error;
      deps.logger.warn({ error: failure.error }, "Slack shows no user groups: roles by group match nobody");
      return [];
    }
  }

  async function readGroups(): Promise<NonNullable<typeof groups>> {
    const nowMs = deps.now().getTime();
    if (groups === undefined || nowMs - groups.at > CACHE_MS) {
      const members = new Map<string, string[]>();
      const ids = new Map<string, string>();
      const wanted = new Set(
        [
          ...policy.roles.flatMap((role) => role.userGroups),
          ...policy.approvals.flatMap((rule) => rule.approvers),
          ...deps.stageApprovers,
        ].map((name) => name.replace(/^@/, "")),
      );
      if (wanted.size > 0) {
        for (const group of await listGroups()) {
          for (const name of [group.id, group.handle])
            if (name !== undefined && group.id !== undefined) ids.set(name, group.id);
          for (const user of group.users ?? []) {
            const known = members.get(user) ?? [];
            known.push(...[group.id, group.handle].filter((name) => name !== undefined));
            members.set(user, known);
          }
        }
      }
      groups = { at: nowMs, members, ids };
    }
    return groups;
  }

  async function find(slackUserId: string): Promise<PersonLookup> {
    const known = users.get(slackUserId);
    const nowMs = deps.now().getTime();
    if (known !== undefined && nowMs - known.at < CACHE_MS) return known.lookup;
    const lookup = await look(slackUserId);
    if (users.size > 5_000) users.clear();
    users.set(slackUserId, { at: nowMs, lookup });
    return lookup;
  }

  async function look(slackUserId: string): Promise<PersonLookup> {
    let answer: unknown;
    try {
      answer = (await client.users.info({ user: slackUserId, include_locale: true })).user;
    } catch (error) {
      // Any other refusal is about us (a token, a scope): it must not make everybody a stranger.
      const failure = readSlackError(error);
      if (failure.kind !== "rate-limited" && UNKNOWN_PERSON.includes(failure.error))
        return { kind: "refused", cause: "unknown", locale: "en" };
      throw error;
    }
    const parsed = userSchema.safeParse(answer);
    if (!parsed.success) return { kind: "refused", cause: "unknown", locale: "en" };
    const user = parsed.data;
    const locale = localeOfSlack(user.locale);
    const refuse = (cause: "guest" | "external" | "deactivated" | "unknown"): PersonLookup => ({
      kind: "refused",
      cause,
      locale,
    });
    if (user.deleted === true) return refuse("deactivated");
    if (user.is_bot === true) return refuse("unknown");
    if (user.is_restricted === true || user.is_ultra_restricted === true) return refuse("guest");
    if (user.is_stranger === true || (user.team_id !== undefined && user.team_id !== deps.teamId))
      return refuse("external");
    const userGroups = (await readGroups()).members.get(slackUserId) ?? [];
    const email = user.profile?.email;
    const facts = { slackUserId, name: user.name, userGroups, ...(email !== undefined && { email }) };
    const roles = rolesOf(policy, facts);
    const team = roles.find((role) => role.team !== undefined)?.team;
    return {
      kind: "member",
      person: {
        ...facts,
        locale,
        timeZone: user.tz ?? "UTC",
        roles: roles.map((role) => role.name),
        ...(team !== undefined && { team }),
        identity: identityOf(roles, facts),
      },
    };
  }

  return {
    find,
    /** An approver's name as the policy has it, so that Slack notifies the group; a role stays a word. */
    async mention(approver: string): Promise<string> {
      // What is said must not wait for who is notified.
      const known = await readGroups().catch(() => groups);
      const id = known?.ids.get(approver.replace(/^@/, ""));
      return id === undefined ? escapeMrkdwn(approver) : `<!subteam^${id}>`;
    },
    /** For the actions: only active members exist. */
    async findPerson(slackUserId: string): Promise<Person | undefined> {
      try {
        const lookup = await find(slackUserId);
        return lookup.kind === "member" ? lookup.person : undefined;
      } catch (error) {
        if (isSlackError(error))
          throw new PersonUnavailableError(`Slack does not say who ${slackUserId} is`, { cause: error });
        throw error;
      }
    },
  };
}

/** Approvers that the catalogue's stages name. */
export const stageApprovers = (stages: readonly Stage[]): readonly string[] =>
  stages.flatMap((stage) => stage.approval?.approvers ?? []);

export type SlackPeople = ReturnType<typeof createSlackPeople>;
