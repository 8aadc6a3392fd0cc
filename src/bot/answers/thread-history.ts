import type { Question, SearchTrace } from "../../rag/ports.ts";
import { readableDocuments } from "../../rag/readable.ts";
import type { Store } from "../../store/database.ts";
import type { KeptSource } from "./keep-answer.ts";

const EARLIER_ANSWERS = 3;

/**
 * Questions and answers of the same thread, oldest first, so that "and how often?" is understood. An answer that came from
 * pages which may not be used here now, or of which that is not known, goes along as its question alone.
 */
export async function earlierInThread(
  store: Store,
  { channel, threadTs }: { channel: string; threadTs: string },
  audiences: readonly string[],
): Promise<NonNullable<Question["history"]>> {
  const rows = await store
    .selectFrom("answers")
    .select(["question", "text", "mode", "sources", "trace"])
    .where("channel", "=", channel)
    .where("thread_ts", "=", threadTs)
    .orderBy("created_at", "desc")
    .limit(EARLIER_ANSWERS)
    .execute();
  const answers = rows.toReversed().map((row) => ({ ...row, from: documentsOf(row) }));
  const readable = await readableDocuments(
    store,
    answers.flatMap(({ from }) => from ?? []),
    audiences,
  );
  return answers.flatMap(({ question, text, from }) => [
    { role: "person" as const, text: question },
    ...(from?.every((id) => readable.has(id)) === true ? [{ role: "assistant" as const, text }] : []),
  ]);
}

/** What an answer's words may have come from: the cited pages, and whatever else a model was given. Undefined: not known. */
export function documentsOf(answer: {
  mode: string;
  sources: unknown;
  trace: unknown;
}): readonly string[] | undefined {
  // It says that there is no answer, and names the nearest pages outside of its text.
  if (answer.mode === "no-answer") return [];
  // Both are written by us alone.
  const cited = ((answer.sources ?? []) as readonly KeptSource[]).map(({ documentId }) => documentId);
  const trace = answer.trace as SearchTrace | null;
  const isQuoted = answer.mode === "extractive" || answer.mode === "curated";
  const given = isQuoted
    ? []
    : trace?.passages.flatMap((passage) => (passage.isLeftOut === true ? [] : [passage.source.documentId]));
  const all = [...cited, ...(given ?? [undefined])];
  const known = all.filter((id) => id !== undefined);
  return known.length === all.length ? [...new Set(known)] : undefined;
}
