import type { Store } from "../store/database.ts";
import type { SkipReason, SkippedDocument } from "./document-source.ts";

/** Some failures are the machine's: it was short of time or memory. */
const TRIED_AGAIN_AFTER_MS = 86_400_000;
/** Said by the source and not by the document: it may be otherwise next time, with the same mark. */
const MAY_PASS = new Set<SkipReason>(["unreadable", "forbidden", "not-found", "forbidden-address", "robots"]);

/** What could not be indexed as it was, so that it is not read and converted again at every sync. */
export async function openFailedDocuments(store: Store, source: string, now: Date) {
  const rows = await store
    .selectFrom("failed_documents")
    .select(["path", "mark", "reason"])
    .where("source", "=", source)
    .where("failed_at", ">", new Date(now.getTime() - TRIED_AGAIN_AFTER_MS))
    .execute();
  const known = new Map(rows.map((row) => [row.path, row]));
  const current = new Map<string, { mark: string; reason: string; isNew: boolean }>();

  return {
    /** How it failed with this mark, if it did. */
    find(path: string, mark: string | undefined): SkippedDocument | undefined {
      const failure = known.get(path);
      if (failure === undefined || failure.mark !== mark) return undefined;
      current.set(path, { ...failure, isNew: false });
      return { path, reason: failure.reason as SkipReason };
    },
    add({ path, reason }: SkippedDocument, mark: string | undefined): void {
      if (mark !== undefined && !MAY_PASS.has(reason)) current.set(path, { mark, reason, isNew: true });
    },
    /** At the end of a sync: those of this one and no others. */
    async keep(): Promise<void> {
      if (known.size === 0 && current.size === 0) return;
      const added = [...current].filter(([, { isNew }]) => isNew);
      await store.transaction().execute(async (transaction) => {
        const kept = [...current].filter(([, { isNew }]) => !isNew).map(([path]) => path);
        await transaction
          .deleteFrom("failed_documents")
          .where("source", "=", source)
          .where("path", "not in", kept.length > 0 ? kept : [""])
          .execute();
        if (added.length > 0)
          await transaction
            .insertInto("failed_documents")
            .values(added.map(([path, { mark, reason }]) => ({ source, path, mark, reason, failed_at: now })))
            .execute();
      });
    },
  };
}
