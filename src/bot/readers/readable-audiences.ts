import type { Logger } from "pino";
import type { Policy } from "../../actions/policy.ts";
import { audiencesOfAll, audiencesOfOne } from "../../rag/readable.ts";
import { PUBLIC_AUDIENCE, type Audience } from "../../rag/readers.ts";
import { createPersonNames, type NamedPerson } from "./person-names.ts";
import type { DirectoryPerson, SlackDirectory } from "./slack-directory.ts";

/** So long a question waits for memberships; without them it is answered from what everybody may read. */
const PATIENCE_MS = 4_000;

/** Which audiences may be used for whom. What cannot be known gives fewer, never more: "public" alone. Never throws for Slack. */
export interface ReadableAudiences {
  /** Where only this person sees the answer. */
  ofPerson(person: { slackUserId: string }): Promise<readonly string[]>;
  /** Where the answer stands: in a direct message the person's, elsewhere what everybody there may read. */
  at(place: { channel: string; user: string }): Promise<readonly string[]>;
}

export function createReadableAudiences(deps: {
  directory: SlackDirectory;
  policy: Policy;
  /** All that there are. */
  audiences(): Promise<readonly Audience[]>;
  /** "members": whoever is in a public channel now. "everyone": all members of the workspace, who might join it. */
  publicChannels: "members" | "everyone";
  logger: Logger;
  patienceMs?: number;
}): ReadableAudiences {
  const { directory, logger } = deps;
  const namesOf = createPersonNames(deps.policy);

  /** The channels that readers name, with their members; of one that cannot be asked about nobody is known. */
  async function namedChannels(
    audiences: readonly Audience[],
  ): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const ids = new Set(
      audiences.flatMap(({ readers }) =>
        readers === "public"
          ? []
          : readers.allOf.flat().flatMap((name) => (name.startsWith("channel:") ? [name.slice(8)] : [])),
      ),
    );
    const entries = await Promise.all(
      [...ids].map(async (id) => {
        try {
          return [id, await directory.members(id)] as const;
        } catch (error) {
          logger.warn(
            { err: error, channel: id },
            "a channel that documents name cannot be asked for its members",
          );
          return [id, new Set<string>()] as const;
        }
      }),
    );
    return new Map(entries);
  }

  async function named(
    people: readonly DirectoryPerson[],
    audiences: readonly Audience[],
  ): Promise<readonly ReadonlySet<string>[]> {
    const [groups, channels] = await Promise.all([directory.groups(), namedChannels(audiences)]);
    return people.map((person) => {
      const full: NamedPerson = {
        ...person,
        groups: groups.get(person.id) ?? [],
        channels: [...channels].flatMap(([channel, members]) => (members.has(person.id) ? [channel] : [])),
      };
      return namesOf(full);
    });
  }

  async function ofPerson(slackUserId: string, audiences: readonly Audience[]): Promise<readonly string[]> {
    const person = (await directory.people()).get(slackUserId);
    if (person === undefined) return [PUBLIC_AUDIENCE];
    const [names = new Set<string>()] = await named([person], audiences);
    return audiencesOfOne(audiences, names);
  }

  async function inChannel(channel: string, audiences: readonly Audience[]): Promise<readonly string[]> {
    const everyone = deps.publicChannels === "everyone" && (await directory.isPublicChannel(channel));
    const [known, members] = await Promise.all([directory.people(), directory.members(channel)]);
    const ids = new Set(members);
    if (everyone) for (const { id, kind } of known.values()) if (kind === "member") ids.add(id);
    // Somebody whom the directory does not list is from elsewhere, or came a moment ago.
    const people = [...ids].map((id): DirectoryPerson => known.get(id) ?? { id, kind: "external" });
    // Apps read along, and are no readers; those who have left do not.
    const readers = people.filter(({ kind }) => kind !== "app" && kind !== "gone");
    return audiencesOfAll(audiences, await named(readers, audiences));
  }

  async function decide(
    find: (audiences: readonly Audience[]) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const audiences = await deps.audiences();
    // Where nothing is restricted nobody has to be asked about.
    if (audiences.length === 0) return [PUBLIC_AUDIENCE];
    try {
      return await within(find(audiences), deps.patienceMs ?? PATIENCE_MS);
    } catch (error) {
      logger.warn({ err: error }, "memberships are not known: only what everybody may read is used");
      return [PUBLIC_AUDIENCE];
    }
  }

  return {
    ofPerson: ({ slackUserId }) => decide((audiences) => ofPerson(slackUserId, audiences)),
    // Slack's ids of direct messages with one person begin with D.
    at: ({ channel, user }) =>
      decide((audiences) =>
        channel.startsWith("D") ? ofPerson(user, audiences) : inChannel(channel, audiences),
      ),
  };
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_done, failed) => {
    timer = setTimeout(() => failed(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
