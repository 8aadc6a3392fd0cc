import type { SearchTrace } from "../../rag/ports.ts";
import { readableDocuments } from "../../rag/readable.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import type { KeptSource } from "./keep-answer.ts";
import { answerReasons } from "../views/answer-reasons.ts";

/**
 * "Why this answer": for whoever asked, and for everybody where it stands. Only the presser sees it, and only the pages that
 * the presser may read now; where that is not all of them, nothing is left that tells of the others.
 */
export async function explainAnswer(
  { deps, delivery, person, texts }: HandlingContext,
  answerId: string,
): Promise<void> {
  const answer = await deps.store
    .selectFrom("answers")
    .select(["asker", "channel", "mode", "model", "took_ms", "sources", "trace"])
    .where("id", "=", answerId)
    .executeTakeFirst();
  const isTheirs = answer?.asker === person.slackUserId || answer?.channel === delivery.channel;
  if (answer === undefined || !isTheirs) return deps.reply.privately(delivery, said(texts.oldButton));
  // Written by answerQuestion alone.
  const trace = answer.trace as SearchTrace | null;
  if (trace === null) {
    const { mode } = answer;
    const why = mode === "curated" || mode === "live" ? texts[mode].why : texts.answers.noTrace;
    return deps.reply.privately(delivery, said(why));
  }
  const readable = await readableDocuments(
    deps.store,
    trace.passages.map(({ source }) => source.documentId),
    await deps.readers.ofPerson(person),
  );
  const passages = trace.passages.filter(({ source }) => readable.has(source.documentId));
  const { confidence, ...rest } = trace;
  const isWhole = passages.length === trace.passages.length;
  const cited = (answer.sources as readonly KeptSource[] | null) ?? [];
  return deps.reply.privately(
    delivery,
    answerReasons(
      {
        mode: answer.mode,
        model: answer.model,
        tookMs: answer.took_ms,
        cited,
        trace: { ...rest, passages, ...(isWhole && { confidence }) },
      },
      texts,
    ),
  );
}
