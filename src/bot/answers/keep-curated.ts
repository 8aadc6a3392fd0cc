import {
  isReadable,
  listCuratedAnswers,
  removeCuratedAnswer,
  saveCuratedAnswer,
} from "../../rag/curated-answers.ts";
import { appendAudit } from "../../store/audit.ts";
import { citedSources } from "./cited-sources.ts";
import { audiencesOfReply } from "../sources/look-at-sources.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { CURATE_ACTION } from "./curate-action.ts";
import { refusal } from "../denied-view.ts";
import { curatedList } from "../views/curated-list.ts";

/** The corrected answer out of the form: offered first on such questions from now on. */
export async function keepCurated(context: HandlingContext, answerId: string, text: string): Promise<void> {
  const { deps, delivery, person, id, texts } = context;
  const tell = (sentence: string) => deps.reply.privately(delivery, said(sentence));
  const denied = refusal(context, CURATE_ACTION);
  if (denied !== undefined) return deps.reply.privately(delivery, denied);
  const answer = await deps.store
    .selectFrom("answers")
    .select(["question", "locale", "sources", "trace", "mode"])
    .where("id", "=", answerId)
    .executeTakeFirst();
  if (answer === undefined) return tell(texts.oldButton);
  // The nearest pages of a question without an answer say nothing of it.
  const found = answer.mode === "no-answer" ? [] : await citedSources(deps.store, answer);
  const cited = found.map(({ source }) => source);
  await deps.store.transaction().execute(async (transaction) => {
    const isNew = await saveCuratedAnswer(transaction, {
      id,
      question: answer.question,
      answer: text,
      locale: answer.locale,
      cited,
      answerId,
      by: { slackUserId: person.slackUserId, name: person.name, at: deps.now() },
    });
    // The same delivery again says the same and keeps nothing anew.
    if (!isNew) return;
    await appendAudit(transaction, {
      actor: person.slackUserId,
      event: "answer-curated",
      subject: `answer:${answerId}`,
      detail: { question: answer.question, pages: cited.map(({ documentId }) => documentId) },
    });
  });
  return tell(cited.length === 0 ? texts.curated.keptWithoutPages : texts.curated.kept(cited.length));
}

/** `/docs answers`. */
export async function showCurated(context: HandlingContext): Promise<void> {
  const { deps, delivery, texts } = context;
  const denied = refusal(context, "docs-answers");
  if (denied !== undefined) return deps.reply.answer(delivery, denied);
  const readable = await audiencesOfReply(context);
  const answers = (await listCuratedAnswers(deps.store)).filter((answer) => isReadable(answer, readable));
  return deps.reply.answer(delivery, curatedList(answers, texts));
}

/** `/docs answers remove 3`. */
export async function removeCurated(context: HandlingContext, number: number): Promise<void> {
  const { deps, delivery, person, texts } = context;
  const denied = refusal(context, CURATE_ACTION);
  if (denied !== undefined) return deps.reply.answer(delivery, denied);
  const removed = await deps.store.transaction().execute(async (transaction) => {
    const row = await removeCuratedAnswer(transaction, { number, by: person.slackUserId, at: deps.now() });
    if (row !== undefined)
      await appendAudit(transaction, {
        actor: person.slackUserId,
        event: "answer-uncurated",
        subject: `curated:${number}`,
        detail: { question: row.question },
      });
    return row;
  });
  const words = texts.curated;
  return deps.reply.answer(
    delivery,
    said(removed === undefined ? words.notThere(number) : words.removed(removed.question)),
  );
}
