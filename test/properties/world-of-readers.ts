import { pino } from "pino";
import type { Policy } from "#src/actions/policy.ts";
import { createReadableAudiences } from "#src/bot/readers/readable-audiences.ts";
import type { DirectoryPerson, SlackDirectory } from "#src/bot/readers/slack-directory.ts";
import { createAudienceReader } from "#src/rag/audience-rows.ts";
import type { Readers } from "#src/rag/readers.ts";
import type { Store } from "#src/store/database.ts";
import type { Random } from "./random.ts";

const PEOPLE = 60;
const CHANNELS = 24;
const GROUPS = ["ml", "infra", "leads", "ops"];
const ROLES = ["researcher", "lead", "operator"];
const TOPICS = ["queue", "storage", "retry", "budget", "network", "driver", "checkpoint", "quota"];

interface TestPerson extends DirectoryPerson {
  email: string;
  groups: string[];
}
export interface Place {
  channel: string;
  user: string;
}

/** People, groups, roles, channels and pages by chance, and who may read what, worked out here in the plainest way. */
export function createWorldOfReaders(random: Random, store: Store) {
  const some = <T>(list: readonly T[], share: number): T[] => list.filter(() => random.isChosen(share));
  const people = Array.from({ length: PEOPLE }, (_, number): TestPerson => ({
    id: `U${number}`,
    email: `p${number}@example.com`,
    kind: number % 20 === 19 ? "guest" : number % 20 === 18 ? "app" : "member",
    groups: some(GROUPS, 0.4),
  }));
  const roles = ROLES.map((name) => ({
    name,
    people: some(people, 0.1).map(({ id, email }) => (random.isChosen(0.5) ? id : email)),
    userGroups: [`@${random.pick(GROUPS)}`],
    kubernetes: { groups: [] },
  }));
  const policy: Policy = { roles, rules: [], approvals: [] };
  const channels = new Map<string, string[]>(
    Array.from({ length: CHANNELS }, (_, number) => {
      const size = random.pick([2, 3, 4, 8, 20]);
      return [`C${number}`, Array.from({ length: size }, () => random.pick(people).id)];
    }),
  );

  const anyName = (): string => {
    const person = random.pick(people);
    return random.pick([
      `person:${person.id}`,
      `email:${person.email.toUpperCase()}`,
      `group:${random.pick(GROUPS)}`,
      `group:@${random.pick(GROUPS)}`,
      `role:${random.pick(ROLES)}`,
      `channel:C${random.below(CHANNELS)}`,
      "confluence:elsewhere",
    ]);
  };
  const anyReaders = (): Readers => {
    if (random.isChosen(0.3)) return "public";
    const lists = random.pick([1, 1, 1, 2, 3]);
    return {
      allOf: Array.from({ length: lists }, () =>
        Array.from({ length: random.pick([0, 1, 2, 3, 6, 6]) }, anyName),
      ),
    };
  };

  function hasName(person: TestPerson, name: string): boolean {
    const [kind = "", rest = ""] = name.split(":");
    const isMember = person.kind === "member";
    if (kind === "person") return rest === person.id;
    if (kind === "email") return rest.toLowerCase() === person.email;
    if (kind === "channel") return channels.get(rest)?.includes(person.id) === true;
    if (kind === "group") return isMember && person.groups.includes(rest.replace("@", ""));
    const role = roles.find((one) => one.name === rest);
    return (
      kind === "role" &&
      isMember &&
      role !== undefined &&
      (role.people.includes(person.id) ||
        role.people.includes(person.email) ||
        role.userGroups.some((group) => person.groups.includes(group.slice(1))))
    );
  }
  const mayRead = (person: TestPerson, readers: Readers): boolean =>
    readers === "public" ||
    (readers.allOf.length > 0 &&
      readers.allOf.every((list) => list.some((name) => person.kind !== "app" && hasName(person, name))));

  const directory: SlackDirectory = {
    people: async () => new Map(people.map((person) => [person.id, person])),
    groups: async () => new Map(people.map(({ id, groups }) => [id, groups])),
    members: async (channel) => new Set(channels.get(channel)),
    isPublicChannel: async () => true,
  };
  const readers = createReadableAudiences({
    directory,
    policy,
    audiences: createAudienceReader(store),
    publicChannels: "members",
    logger: pino({ level: "silent" }),
  });

  return {
    topics: TOPICS,
    anyReaders,
    audiencesAt: (place: Place) => readers.at(place),
    /** A direct message of somebody, or a channel. */
    anyPlace(): Place {
      const user = random.pick(people.filter(({ kind }) => kind === "member")).id;
      return { user, channel: random.isChosen(0.5) ? `D${user}` : `C${random.below(CHANNELS)}` };
    },
    mayBeRead({ channel, user }: Place, who: Readers): boolean {
      if (who === "public") return true;
      const ids = channel.startsWith("D") ? [user] : (channels.get(channel) ?? []);
      const present = people.filter(({ id, kind }) => ids.includes(id) && kind !== "app");
      return present.length > 0 && present.every((person) => mayRead(person, who));
    },
    /** Somebody changes a group, somebody joins or leaves a channel. */
    change(): void {
      random.pick(people).groups = some(GROUPS, 0.4);
      channels.set(
        `C${random.below(CHANNELS)}`,
        some(people, 0.08).map(({ id }) => id),
      );
    },
  };
}
