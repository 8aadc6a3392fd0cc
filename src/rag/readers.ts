import { createHash } from "node:crypto";
import { z } from "zod";

/**
 * Who may read a document: whoever is named in each of the lists, by any of that list's names. "public": every member of
 * the workspace. A page under a restricted page has a list of its own and one of the page above; an empty list is nobody,
 * and so are no lists at all.
 *
 * Names are `person:<Slack id>`, `email:<address>`, `group:<handle of a Slack user group>`, `role:<role of the policy>`
 * and `channel:<Slack id>` (its members). Other systems' groups are turned into these by the source's settings; a group
 * that no setting names is a name that nobody has, such as `confluence:ml-team`.
 */
export type Readers = "public" | { allOf: readonly (readonly string[])[] };

/** The audience of what every member of the workspace may read. */
export const PUBLIC_AUDIENCE = "public";

/** A set of readers under the id that chunks carry. */
export interface Audience {
  id: string;
  readers: Readers;
}

export const readersSchema = z.strictObject({ allOf: z.array(z.array(z.string())) });

/** The same readers, however they are written down, have the same id. */
export function audienceOf(readers: Readers): Audience {
  if (readers === "public") return { id: PUBLIC_AUDIENCE, readers };
  const lists = new Map(
    readers.allOf.map((list) => {
      const names = [...new Set(list.map(canonicalName))].toSorted();
      return [JSON.stringify(names), names] as const;
    }),
  );
  // No list would be a condition that everybody meets; whoever means that says "public".
  const keys = lists.size === 0 ? ["[]"] : [...lists.keys()].toSorted();
  const allOf = keys.map((key) => lists.get(key) ?? []);
  const hash = createHash("sha256").update(JSON.stringify(allOf)).digest("hex").slice(0, 24);
  return { id: `a${hash}`, readers: { allOf } };
}

/** Whoever may read by both. */
export function readersOfBoth(one: Readers, other: Readers): Readers {
  if (one === "public") return other;
  if (other === "public") return one;
  // No list at all is nobody, and stays so.
  const listsOf = ({ allOf }: Exclude<Readers, "public">) => (allOf.length === 0 ? [[]] : allOf);
  return { allOf: [...listsOf(one), ...listsOf(other)] };
}

/** Whether somebody with these names (canonical ones) may read it. */
export function mayRead(readers: Readers, names: ReadonlySet<string>): boolean {
  if (readers === "public") return true;
  return readers.allOf.length > 0 && readers.allOf.every((list) => list.some((name) => names.has(name)));
}

/** Addresses and handles are the same in capitals; a handle may be written with its "@", a channel with its "#". */
export function canonicalName(name: string): string {
  const colon = name.indexOf(":");
  const kind = name.slice(0, Math.max(colon, 0));
  const rest = name.slice(colon + 1).trim();
  switch (kind) {
    case "email":
      return `email:${rest.toLowerCase()}`;
    case "group":
      return `group:${rest.replace(/^@/, "").toLowerCase()}`;
    case "channel":
      return `channel:${rest.replace(/^#/, "")}`;
    default:
      return name.trim();
  }
}
