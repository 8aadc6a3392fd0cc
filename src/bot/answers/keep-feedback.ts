import type { WrongCause } from "../../store/database.ts";
import { said, type HandlingContext } from "../bot-deps.ts";

export type Feedback =
  | { verdict: "helpful" | "not-helpful" }
  | { verdict: "wrong"; cause: WrongCause; reason: string };

/** What a person thinks of an answer, the newest of each person; told to that person alone. */
export async function keepFeedback(
  { deps, delivery, person, texts }: HandlingContext,
  answerId: string,
  feedback: Feedback,
): Promise<void> {
  const answer = await deps.store
    .selectFrom("answers")
    .select("id")
    .where("id", "=", answerId)
    .executeTakeFirst();
  if (answer === undefined) return deps.reply.privately(delivery, said(texts.oldButton));
  const kept =
    feedback.verdict === "wrong"
      ? { verdict: feedback.verdict, cause: feedback.cause, reason: feedback.reason }
      : { verdict: feedback.verdict, cause: null, reason: null };
  await deps.store
    .insertInto("feedback")
    .values({ answer_id: answerId, person: person.slackUserId, ...kept })
    .onConflict((conflict) => conflict.columns(["answer_id", "person"]).doUpdateSet(kept))
    .execute();
  return deps.reply.privately(delivery, said(texts.thanks));
}
