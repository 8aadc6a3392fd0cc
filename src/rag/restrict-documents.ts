import type { Store } from "../store/database.ts";
import type { KnownDocument } from "./document-rows.ts";
import { PUBLIC_AUDIENCE } from "./readers.ts";
import type { VectorIndex } from "./ports.ts";

/**
 * Before anything else of a sync: takes out of the index what may have been written for other readers than a document has
 * now, so that nothing of it is cited while the rest is read, and also not when the sync is killed or the document cannot
 * be read this time. It is written anew in its turn. A document that has become public stays until then. Returns their ids.
 */
export async function restrictDocuments(
  { store, index }: { store: Store; index: VectorIndex },
  options: {
    /** Audience now, by id of each listed document. */
    audiences: ReadonlyMap<string, string>;
    rows: ReadonlyMap<string, KnownDocument>;
    /** Content hash by id of what is in the index. */
    indexed: ReadonlyMap<string, string>;
  },
): Promise<readonly string[]> {
  const { audiences, rows, indexed } = options;
  const restricted = [...audiences].flatMap(([id, audience]) => {
    if (audience === PUBLIC_AUDIENCE) return [];
    const row = rows.get(id);
    const hash = indexed.get(id);
    // A sync that was killed may have written another version than the row tells of.
    const isOther =
      row !== undefined && (row.audience !== audience || (hash ?? row.contentHash) !== row.contentHash);
    return isOther || (row === undefined && hash !== undefined) ? [id] : [];
  });
  if (restricted.length === 0) return [];
  await index.deleteDocuments(restricted);
  await store.deleteFrom("documents").where("id", "in", restricted).execute();
  return restricted;
}
