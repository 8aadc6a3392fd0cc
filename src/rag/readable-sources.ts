import { sql } from "kysely";
import { z } from "zod";
import type { Store } from "../store/database.ts";
import type { DocumentSource } from "./document-source.ts";
import { audienceOf, PUBLIC_AUDIENCE } from "./readers.ts";
import { readSourceStates, type SourceState } from "./source-state.ts";

const countsSchema = z.record(z.string(), z.number());
const pathsSchema = z.array(
  z.object({ path: z.string(), reason: z.string(), audience: z.string().default(PUBLIC_AUDIENCE) }),
);

/**
 * The sources as somebody with these audiences may know of them: those whose documents they may read, or some of them. Of a
 * source that they do not read whole they see their own pages counted, and nothing else that counts or names others.
 */
export async function readableSourceStates(
  store: Store,
  sources: readonly Pick<DocumentSource, "name" | "readers">[],
  now: Date,
  audiences: readonly string[],
): Promise<readonly SourceState[]> {
  const names = sources.map(({ name }) => name);
  if (names.length === 0) return [];
  const may = new Set(audiences);
  const states = await readSourceStates(store, names, now);
  const counts = await store
    .selectFrom("documents")
    .select(({ fn }) => ["source", "audience", fn.countAll<string>().as("pages")])
    .where("source", "in", names)
    .groupBy(["source", "audience"])
    .execute();
  const leftOut = await store
    .selectFrom("source_syncs")
    .select(["source", "left_out", "left_out_of", "left_out_paths"])
    .where("source", "in", names)
    .execute();
  return states.flatMap((state, position) => {
    const isOwnReadable = may.has(audienceOf(sources[position]?.readers ?? "public").id);
    const mine = counts.filter(({ source, audience }) => source === state.source && may.has(audience));
    const pages = mine.reduce((sum, row) => sum + Number(row.pages), 0);
    if (!isOwnReadable && pages === 0) return [];
    const left = leftOut.find(({ source }) => source === state.source);
    const leftOutOf = countsSchema.parse(left?.left_out_of ?? { [PUBLIC_AUDIENCE]: left?.left_out ?? 0 });
    const isWhole =
      isOwnReadable && pages === state.pages && Object.keys(leftOutOf).every((audience) => may.has(audience));
    if (isWhole) return [state];
    const { error: _hidden, ...known } = state;
    return [
      {
        ...known,
        isPartial: true as const,
        pages,
        done: 0,
        total: 0,
        written: 0,
        deleted: 0,
        leftOut: Object.entries(leftOutOf).reduce((sum, [id, count]) => sum + (may.has(id) ? count : 0), 0),
        leftOutPaths: pathsSchema
          .parse(left?.left_out_paths ?? [])
          .filter(({ audience }) => may.has(audience))
          .map(({ path, reason }) => ({ path, reason })),
      },
    ];
  });
}

/** Names of the sources that somebody with these audiences may know of. */
export async function readableSourceNames(
  store: Store,
  sources: readonly Pick<DocumentSource, "name" | "readers">[],
  audiences: readonly string[],
): Promise<readonly string[]> {
  if (sources.every(({ readers = "public" }) => audiences.includes(audienceOf(readers).id)))
    return sources.map(({ name }) => name);
  const { rows } = await sql<{ source: string }>`select distinct source from documents
    where audience = any(${[...audiences]}::text[])`.execute(store);
  const withPages = new Set(rows.map(({ source }) => source));
  return sources
    .filter(
      ({ name, readers = "public" }) => audiences.includes(audienceOf(readers).id) || withPages.has(name),
    )
    .map(({ name }) => name);
}
