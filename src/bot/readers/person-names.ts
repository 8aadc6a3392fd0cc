import type { Policy } from "../../actions/policy.ts";
import { canonicalName } from "../../rag/readers.ts";
import type { DirectoryPerson } from "./slack-directory.ts";

/** What of a person the names follow from. */
export interface NamedPerson extends DirectoryPerson {
  /** Handles and ids of the user groups. */
  groups: readonly string[];
  /** Ids, of those that readers name. */
  channels: readonly string[];
}

/**
 * All names of a person in `Readers`. A guest has no group and no role, as everywhere else here, only what names them alone
 * and the channels they sit in; somebody of another organisation and somebody who has left have none.
 */
export function createPersonNames(policy: Policy): (person: NamedPerson) => ReadonlySet<string> {
  const rolesByPerson = new Map<string, string[]>();
  const rolesByGroup = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, key: string, role: string) =>
    map.set(key, [...(map.get(key) ?? []), role]);
  for (const role of policy.roles) {
    for (const name of role.people)
      add(rolesByPerson, name.includes("@") ? name.toLowerCase() : name, role.name);
    for (const group of role.userGroups) add(rolesByGroup, group.replace(/^@/, ""), role.name);
  }
  return ({ id, email, kind, groups, channels }) => {
    if (kind === "gone" || kind === "external" || kind === "app") return new Set();
    const names = [`person:${id}`, ...channels.map((channel) => `channel:${channel}`)];
    if (email !== undefined) names.push(canonicalName(`email:${email}`));
    if (kind === "member") {
      const roles = [
        ...(rolesByPerson.get(id) ?? []),
        ...(email === undefined ? [] : (rolesByPerson.get(email.toLowerCase()) ?? [])),
        ...groups.flatMap((group) => rolesByGroup.get(group) ?? []),
      ];
      names.push(
        ...groups.map((group) => canonicalName(`group:${group}`)),
        ...roles.map((role) => `role:${role}`),
      );
    }
    return new Set(names);
  };
}
