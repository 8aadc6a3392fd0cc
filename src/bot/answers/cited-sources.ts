import { z } from "zod";
import type { SearchTrace, SourceRef } from "../../rag/ports.ts";
import type { Store } from "../../store/database.ts";

const sourcesSchema = z
  .array(z.object({ number: z.number(), url: z.string(), documentId: z.string().optional() }))
  .nullable();

/** What a kept answer cites: the passages behind its links, or the pages themselves where the search is not remembered. */
export async function citedSources(
  store: Store,
  answer: { sources: unknown; trace: unknown },
): Promise<{ number: number; source: SourceRef }[]> {
  const cited = sourcesSchema.parse(answer.sources) ?? [];
  // Written by us alone.
  const passages = (answer.trace as SearchTrace | null)?.passages ?? [];
  const ids = cited.flatMap(({ documentId }) => documentId ?? []);
  const rows =
    ids.length === 0
      ? []
      : await store.selectFrom("documents").select(["id", "title"]).where("id", "in", ids).execute();
  return cited.flatMap(({ number, url, documentId }) => {
    const passage = passages.find(({ source }) => source.url === url)?.source;
    if (passage !== undefined) return [{ number, source: passage }];
    const row = rows.find(({ id }) => id === documentId);
    return row === undefined
      ? []
      : [{ number, source: { documentId: row.id, title: row.title, headings: [], url } }];
  });
}
