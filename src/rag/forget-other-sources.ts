import type { Logger } from "pino";
import type { Store } from "../store/database.ts";
import type { VectorIndex } from "./ports.ts";
import { withSourceLock } from "./source-lock.ts";

/** Takes the pages of sources that are no longer configured out of the index: they would be cited for ever. */
export async function forgetOtherSources(
  { store, index, logger }: { store: Store; index: VectorIndex; logger: Logger },
  configured: readonly string[],
): Promise<void> {
  const others = await store
    .selectFrom("documents")
    .select("source")
    .distinct()
    .where("source", "not in", configured)
    .execute();
  for (const { source } of others) {
    await withSourceLock(store, source, undefined, async () => {
      const indexed = await index.listDocuments(source);
      if (indexed.size > 0) await index.deleteDocuments([...indexed.keys()]);
      await store.deleteFrom("documents").where("source", "=", source).execute();
      await store.deleteFrom("failed_documents").where("source", "=", source).execute();
      await store.deleteFrom("source_syncs").where("source", "=", source).execute();
      logger.info(
        { source, deleted: indexed.size },
        "a source is no longer configured: its pages are forgotten",
      );
    });
  }
}
