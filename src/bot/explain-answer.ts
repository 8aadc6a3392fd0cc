import type { SearchTrace } from "../rag/ports.ts";
import { said, type HandlingContext } from "./bot-deps.ts";
import { answerReasons } from "./views/answer-reasons.ts";

/** "Why this answer": for whoever asked, and for everybody where it stands. Only the presser sees it. */
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
  if (trace === null) return deps.reply.privately(delivery, said(texts.answers.noTrace));
  const cited = (answer.sources as readonly { number: number; url: string }[]) ?? [];
  return deps.reply.privately(
    delivery,
    answerReasons({ mode: answer.mode, model: answer.model, tookMs: answer.took_ms, cited, trace }, texts),
  );
}
