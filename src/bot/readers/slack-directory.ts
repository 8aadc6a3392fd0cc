import type { WebClient } from "@slack/web-api";
import { z } from "zod";

/** Nothing that is used is older, counted from when it was asked for. */
const MAX_AGE_MS = 300_000;
/** After so long the next one is read while the old one is still used. */
const REFRESH_AFTER_MS = 150_000;
const PAGE = 1_000;
const MAX_PAGES = 200;

/** Who is in the workspace, as far as it decides what they may read. */
export interface DirectoryPerson {
  id: string;
  email?: string;
  /** "app": no person. "gone": reads nothing any more. */
  kind: "member" | "guest" | "external" | "app" | "gone";
}

/** The memberships of a workspace, each at most 5 minutes old. Everything may throw: then nothing is known. */
export interface SlackDirectory {
  people(): Promise<ReadonlyMap<string, DirectoryPerson>>;
  /** User id -> handles and ids of its user groups. */
  groups(): Promise<ReadonlyMap<string, readonly string[]>>;
  members(channel: string): Promise<ReadonlySet<string>>;
  isPublicChannel(channel: string): Promise<boolean>;
}

const userSchema = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  profile: z.object({ email: z.string().optional() }).optional(),
});

export function createSlackDirectory(deps: {
  client: WebClient;
  teamId: string;
  /** Any clock that does not jump. */
  nowMs?: () => number;
}): SlackDirectory {
  const { client, teamId } = deps;
  const nowMs = deps.nowMs ?? (() => performance.now());

  const people = keepFresh(nowMs, async () => {
    const found = new Map<string, DirectoryPerson>();
    await eachPage(async (cursor) => {
      const { members = [], response_metadata: next } = await client.users.list({ limit: PAGE, ...cursor });
      for (const member of members) {
        const user = userSchema.safeParse(member);
        if (user.success) found.set(user.data.id, personOf(user.data, teamId));
      }
      return next?.next_cursor;
    });
    return found;
  });

  const groups = keepFresh(nowMs, async () => {
    const found = new Map<string, string[]>();
    const { usergroups = [] } = await client.usergroups.list({ include_users: true });
    for (const { id, handle, users = [] } of usergroups)
      for (const user of users) {
        const names = [id, handle].filter((name) => name !== undefined);
        found.set(user, [...(found.get(user) ?? []), ...names]);
      }
    return found;
  });

  const membersOf = (channel: string) =>
    keepFresh(nowMs, async () => {
      const found = new Set<string>();
      await eachPage(async (cursor) => {
        const answer = await client.conversations.members({ channel, limit: PAGE, ...cursor });
        for (const member of answer.members ?? []) found.add(member);
        return answer.response_metadata?.next_cursor;
      });
      return found;
    });

  const isPublic = (channel: string) =>
    keepFresh(nowMs, async () => {
      const { channel: found } = await client.conversations.info({ channel });
      // One that is shared with another organisation is not the workspace's alone.
      return found?.is_channel === true && found.is_private === false && found.is_ext_shared !== true;
    });

  const memberLists = new Map<string, ReturnType<typeof membersOf>>();
  const kinds = new Map<string, ReturnType<typeof isPublic>>();
  return {
    people,
    groups,
    members: (channel) => entryOf(memberLists, channel, membersOf)(),
    isPublicChannel: (channel) => entryOf(kinds, channel, isPublic)(),
  };
}

function personOf(user: z.output<typeof userSchema>, teamId: string): DirectoryPerson {
  const email = user.profile?.email;
  const kind =
    user.deleted === true
      ? "gone"
      : user.is_bot === true || user.id === "USLACKBOT"
        ? "app"
        : user.is_stranger === true || (user.team_id !== undefined && user.team_id !== teamId)
          ? "external"
          : user.is_restricted === true || user.is_ultra_restricted === true
            ? "guest"
            : "member";
  return { id: user.id, kind, ...(email !== undefined && { email }) };
}

async function eachPage(read: (cursor: { cursor?: string }) => Promise<string | undefined>): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    cursor = await read(cursor === undefined ? {} : { cursor });
    if (cursor === undefined || cursor === "") return;
  }
  throw new Error(`Slack lists more than ${MAX_PAGES} pages`);
}

/** What was read last, read again in time; one reading at a time. A failure is thrown once nothing fresh is left. */
function keepFresh<T>(nowMs: () => number, read: () => Promise<T>): () => Promise<T> {
  let known: { value: T; askedAtMs: number } | undefined;
  let reading: Promise<T> | undefined;
  const refresh = (): Promise<T> => {
    const askedAtMs = nowMs();
    reading ??= read()
      .then((value) => {
        known = { value, askedAtMs };
        return value;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  return async () => {
    const ageMs = known === undefined ? Infinity : nowMs() - known.askedAtMs;
    if (known === undefined || ageMs >= MAX_AGE_MS) return refresh();
    // What fails here is tried again by whoever asks next, and told when nothing fresh is left.
    if (ageMs >= REFRESH_AFTER_MS) refresh().catch(() => undefined);
    return known.value;
  };
}

/** Channels come and go: what was asked for is dropped all at once, and read again. */
const MAX_CHANNELS = 5_000;

function entryOf<T>(entries: Map<string, T>, key: string, make: (key: string) => T): T {
  const known = entries.get(key);
  if (known !== undefined) return known;
  if (entries.size >= MAX_CHANNELS) entries.clear();
  const made = make(key);
  entries.set(key, made);
  return made;
}
