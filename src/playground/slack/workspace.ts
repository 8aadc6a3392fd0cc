import type { Persistence, PersistedMap } from "./persistence.ts";
import type { Channel, Person, UserGroup } from "./workspace-types.ts";
import { app, seededChannels, seededGroups, seededPeople } from "./workspace-seed.ts";

/** Who and where: people, channels, direct messages and user groups. */
export class Workspace {
  readonly #people: PersistedMap<Person>;
  readonly #channels: PersistedMap<Channel>;
  readonly #groups: PersistedMap<UserGroup>;

  constructor(persistence: Persistence) {
    this.#people = persistence.map<Person>("people");
    this.#channels = persistence.map<Channel>("channels");
    this.#groups = persistence.map<UserGroup>("groups");
    for (const person of seededPeople) if (!this.#people.get(person.id)) this.#people.set(person.id, person);
    for (const channel of seededChannels)
      if (!this.#channels.get(channel.id)) this.#channels.set(channel.id, channel);
    for (const group of seededGroups) if (!this.#groups.get(group.id)) this.#groups.set(group.id, group);
  }

  /** Everyone, the bot last. */
  people(): Person[] {
    return this.#people.values();
  }

  person(id: string): Person | undefined {
    return this.#people.get(id);
  }

  /** By id, name ("minji", "@minji"), full name or e-mail; case does not matter. */
  findPerson(idOrName: string): Person | undefined {
    const wanted = idOrName.trim().replace(/^@/, "").toLowerCase();
    if (wanted === "") return undefined;
    return this.people().find((person) =>
      [person.id, person.name, person.realName, person.email].some((word) => word.toLowerCase() === wanted),
    );
  }

  setPerson(person: Person): void {
    this.#people.set(person.id, person);
  }

  channels(): Channel[] {
    return this.#channels.values();
  }

  channel(id: string): Channel | undefined {
    return this.#channels.get(id);
  }

  /** By id or name ("general", "#general"); for a person also "@jibsa": the direct message with the bot. */
  findChannel(idOrName: string, personId?: string): Channel | undefined {
    const byId = this.channel(idOrName.trim());
    if (byId) return byId;
    const wanted = idOrName.trim().replace(/^[#@]/, "").toLowerCase();
    if ([app.name, app.botUserId.toLowerCase()].includes(wanted))
      return personId === undefined ? undefined : this.directMessage(personId);
    return this.channels().find((channel) => channel.kind !== "im" && channel.name.toLowerCase() === wanted);
  }

  /** The conversation between that person and the bot. */
  directMessage(personId: string): Channel | undefined {
    return this.channels().find((channel) => channel.kind === "im" && channel.members.includes(personId));
  }

  isMember(channel: Channel, userId: string): boolean {
    return channel.members.includes(userId);
  }

  /** What that person can open, in the order of the sidebar. */
  channelsOf(userId: string): Channel[] {
    return this.channels().filter((channel) => this.isMember(channel, userId));
  }

  setMembers(channel: Channel, members: readonly string[]): Channel {
    const changed = { ...channel, members };
    this.#channels.set(channel.id, changed);
    return changed;
  }

  groups(): UserGroup[] {
    return this.#groups.values();
  }

  findGroup(idOrHandle: string): UserGroup | undefined {
    const wanted = idOrHandle.trim().replace(/^@/, "").toLowerCase();
    return this.groups().find(
      (group) => group.id.toLowerCase() === wanted || group.handle.toLowerCase() === wanted,
    );
  }

  setGroup(group: UserGroup): void {
    this.#groups.set(group.id, group);
  }
}
