import type { Store } from "../store/database.ts";
import { mayRead, PUBLIC_AUDIENCE, type Audience } from "./readers.ts";

/** What somebody with these names may read. */
export function audiencesOfOne(
  audiences: readonly Audience[],
  names: ReadonlySet<string>,
): readonly string[] {
  const readable = audiences.filter(({ readers }) => mayRead(readers, names)).map(({ id }) => id);
  return [PUBLIC_AUDIENCE, ...readable];
}

/**
 * What each of these people may read. People who differ in no name that any document asks for are one to it: a channel of
 * a thousand comes down to a handful.
 */
export function audiencesOfAll(
  audiences: readonly Audience[],
  people: readonly ReadonlySet<string>[],
): readonly string[] {
  const asked = new Set(
    audiences.flatMap(({ readers }) => (readers === "public" ? [] : readers.allOf.flat())),
  );
  const kinds = new Map<string, ReadonlySet<string>>();
  for (const names of people) {
    const telling = [...names].filter((name) => asked.has(name)).toSorted();
    kinds.set(JSON.stringify(telling), new Set(telling));
  }
  // The fewer names somebody has, the sooner it is known that they may not.
  const fewestFirst = [...kinds.values()].toSorted((a, b) => a.size - b.size);
  const readable = audiences.filter(({ readers }) => fewestFirst.every((names) => mayRead(readers, names)));
  return [PUBLIC_AUDIENCE, ...(people.length === 0 ? [] : readable.map(({ id }) => id))];
}

/** Of these documents, those that whoever has these audiences may read now. One that is gone is read by nobody. */
export async function readableDocuments(
  store: Store,
  documentIds: readonly string[],
  audiences: readonly string[],
): Promise<ReadonlySet<string>> {
  if (documentIds.length === 0 || audiences.length === 0) return new Set();
  const rows = await store
    .selectFrom("documents")
    .select("id")
    .where("id", "in", [...new Set(documentIds)])
    .where("audience", "in", [...audiences])
    .execute();
  return new Set(rows.map(({ id }) => id));
}
