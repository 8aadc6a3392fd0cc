import { answerOfModel, type ComparedAnswer } from "../../rag/compare-models.ts";
import type { Question } from "../../rag/ports.ts";
import type { Store } from "../../store/database.ts";
import { createAnswerProgress } from "./answer-progress.ts";
import { removeUnfinished } from "./answer-question.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { addLine } from "../outbox.ts";
import type { AnswerPlace } from "./stream-answer.ts";
import { textsFor } from "../texts/texts.ts";
import { comparisonView } from "../views/comparison-view.ts";

/** Two models answer the same question at the same time; one message shows both, with two buttons to vote. */
export async function compareModels(
  { deps, id, signal }: HandlingContext,
  question: Question,
  models: readonly [string, string],
  place: AnswerPlace,
): Promise<void> {
  const { store } = deps;
  const texts = textsFor(question.locale);
  if (await isSaid(store, id)) return;
  await removeUnfinished(deps, `answer:${id}`);
  const progress = createAnswerProgress(deps, { answerId: id, place, texts });
  const stopped = AbortSignal.any([signal, progress.stopped]);
  const nowMs = () => performance.now();
  await progress.show({ kind: "stage", stage: "searching" });
  await progress.show({ kind: "stage", stage: "writing" });
  try {
    const [first, second] = await Promise.all(
      models.map((model) => answerOfModel(deps.answer, { ...question, signal: stopped }, model, nowMs)),
    );
    if (first === undefined || second === undefined) throw new Error("two models were asked");
    await keep(deps, { id, question, place, answers: { first, second } });
  } catch (error) {
    if (progress.stoppedBy() === undefined || signal.aborted) throw error;
    const { channel, threadTs, user } = place;
    const view = said(texts.answers.stoppedEarly);
    await deps.say({ key: keyOf(id), channel, threadTs, fallbackUser: user, view });
  } finally {
    progress.close();
    await progress.remove();
  }
}

/** One line is said of a comparison: what both have answered, or that it was stopped. */
const keyOf = (id: string): string => `comparison.${id}`;

async function isSaid(store: Store, id: string): Promise<boolean> {
  const compared = await store.selectFrom("comparisons").select("id").where("id", "=", id).executeTakeFirst();
  if (compared !== undefined) return true;
  const line = await store.selectFrom("outbox").select("id").where("key", "=", keyOf(id)).executeTakeFirst();
  return line !== undefined;
}

async function keep(
  { store, enqueue }: HandlingContext["deps"],
  compared: {
    id: string;
    question: Question;
    place: AnswerPlace;
    answers: { first: ComparedAnswer; second: ComparedAnswer };
  },
): Promise<void> {
  const { id, question, place, answers } = compared;
  const view = comparisonView({ id, ...answers }, textsFor(question.locale));
  const { channel, threadTs, user } = place;
  const key = keyOf(id);
  await store.transaction().execute(async (transaction) => {
    const written = await transaction
      .insertInto("comparisons")
      .values({
        id,
        question: question.text,
        asker: user,
        channel,
        first_model: answers.first.model,
        second_model: answers.second.model,
        answers: JSON.stringify(answers),
      })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .returning("id")
      .executeTakeFirst();
    if (written !== undefined)
      await addLine(transaction, { key, channel, threadTs, fallbackUser: user, view });
  });
  await enqueue("deliver-outbox", { channel }, { deduplicationKey: key });
}

/** A vote: one of each person, the newest counts. */
export async function voteForModel(
  { deps, delivery, person, texts }: HandlingContext,
  comparisonId: string,
  choice: "first" | "second",
): Promise<void> {
  const comparison = await deps.store
    .selectFrom("comparisons")
    .select(["first_model", "second_model"])
    .where("id", "=", comparisonId)
    .where("channel", "=", delivery.channel)
    .executeTakeFirst();
  if (comparison === undefined) return deps.reply.privately(delivery, said(texts.oldButton));
  const vote = { choice, voted_at: deps.now() };
  await deps.store
    .insertInto("comparison_votes")
    .values({ comparison_id: comparisonId, person: person.slackUserId, ...vote })
    .onConflict((conflict) => conflict.columns(["comparison_id", "person"]).doUpdateSet(vote))
    .execute();
  const model = choice === "first" ? comparison.first_model : comparison.second_model;
  return deps.reply.privately(delivery, said(texts.comparisons.voted(model)));
}
