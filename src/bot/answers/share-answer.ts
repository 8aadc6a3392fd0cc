import type { Transaction } from "kysely";
import type { SearchTrace } from "../../rag/ports.ts";
import { readableDocuments } from "../../rag/readable.ts";
import { appendAudit } from "../../store/audit.ts";
import type { Database } from "../../store/database.ts";
import { citedSources } from "./cited-sources.ts";
import { keptMode, PRIVATE_CHANNEL } from "./keep-answer.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { escapeMrkdwn, shorten } from "../escape.ts";
import { addLine } from "../outbox.ts";
import { documentsOf } from "./thread-history.ts";
import { textsFor } from "../texts/texts.ts";
import { link, sharedAnswer } from "../views/answer-card.ts";

const NAMED_PAGES = 8;

/**
 * "Share here" under an answer that only its asker has seen: it is posted if everybody in the channel may now read every page
 * that it came from; otherwise the asker, and nobody else, is told which pages stand in the way.
 */
export async function shareAnswer(
  { deps, delivery, person, texts }: HandlingContext,
  answerId: string,
): Promise<void> {
  const tell = (text: string) => deps.reply.privately(delivery, said(text));
  const { store } = deps;
  const answer = await store.selectFrom("answers").selectAll().where("id", "=", answerId).executeTakeFirst();
  if (answer === undefined || answer.asker !== person.slackUserId || delivery.direct)
    return tell(texts.oldButton);
  if (answer.channel !== PRIVATE_CHANNEL) return tell(texts.answers.sharedAlready);
  // Written by answerPrivately alone.
  const passages = ((answer.trace as SearchTrace | null)?.passages ?? []).map(({ source }) => source);
  const from = documentsOf(answer);
  // A curated answer has no such button: whoever asks gets it.
  const mode = keptMode(answer);
  if (from === undefined || mode === undefined || mode.kind === "no-answer") return tell(texts.oldButton);
  const [everyones, own] = await Promise.all([
    deps.readers.at({ channel: delivery.channel, user: person.slackUserId }),
    deps.readers.ofPerson(person),
  ]);
  const [byAll, byAsker] = await Promise.all([
    readableDocuments(store, from, everyones),
    readableDocuments(store, from, own),
  ]);
  const kept = from.filter((id) => !byAll.has(id));
  const audit = (transaction: Transaction<Database>): Promise<void> =>
    appendAudit(transaction, {
      actor: person.slackUserId,
      event: kept.length === 0 ? "answer-shared" : "answer-share-refused",
      subject: `answer:${answerId}`,
      detail: { channel: delivery.channel, documents: from.length, unreadable: kept.length },
    });
  if (kept.length > 0) {
    await store.transaction().execute(audit);
    const names = kept.slice(0, NAMED_PAGES).map((id) => {
      const page = byAsker.has(id) ? passages.find(({ documentId }) => documentId === id) : undefined;
      return page === undefined ? texts.answers.pageNotYours : link({ ...page, headings: [] });
    });
    return tell(texts.answers.notForAll([...new Set(names)].map((name) => `• ${name}`).join("\n")));
  }
  const language = textsFor(answer.locale);
  const citations = await citedSources(store, answer);
  const question = language.asked(`<@${person.slackUserId}>`, escapeMrkdwn(shorten(answer.question, 1_500)));
  const { channel } = delivery;
  const key = `share.${answerId}`;
  const isFirst = await store.transaction().execute(async (transaction) => {
    // From now on it is that channel's: its members may ask why.
    const { numUpdatedRows } = await transaction
      .updateTable("answers")
      .set({ channel })
      .where("id", "=", answerId)
      .where("channel", "=", PRIVATE_CHANNEL)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await audit(transaction);
    await addLine(transaction, {
      key,
      channel,
      fallbackUser: person.slackUserId,
      view: sharedAnswer(
        question,
        answer.text,
        { answerId, citations, mode, tookMs: answer.took_ms },
        language,
      ),
    });
    return true;
  });
  if (!isFirst) return tell(texts.answers.sharedAlready);
  await deps.enqueue("deliver-outbox", { channel }, { deduplicationKey: key });
}
