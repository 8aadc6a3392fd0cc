import type { SearchTrace, SourceRef } from "../../rag/ports.ts";
import { readableDocuments } from "../../rag/readable.ts";
import { appendAudit } from "../../store/audit.ts";
import { PRIVATE_CHANNEL, type KeptSource } from "./keep-answer.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { escapeMrkdwn, shorten } from "../escape.ts";
import { documentsOf } from "./thread-history.ts";
import { textsFor } from "../texts/texts.ts";
import { link, sharedAnswer, type AnswerFoot } from "../views/answer-card.ts";

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
  // Both are written by answerPrivately alone.
  const passages = ((answer.trace as SearchTrace | null)?.passages ?? []).map(({ source }) => source);
  const cited = (answer.sources as readonly KeptSource[] | null) ?? [];
  const from = documentsOf(answer);
  // A curated answer has no such button: whoever asks gets it.
  if (from === undefined || (answer.mode !== "generated" && answer.mode !== "extractive"))
    return tell(texts.oldButton);
  const [everyones, own] = await Promise.all([
    deps.readers.at({ channel: delivery.channel, user: person.slackUserId }),
    deps.readers.ofPerson(person),
  ]);
  const [byAll, byAsker] = await Promise.all([
    readableDocuments(store, from, everyones),
    readableDocuments(store, from, own),
  ]);
  const kept = from.filter((id) => !byAll.has(id));
  await store.transaction().execute((transaction) =>
    appendAudit(transaction, {
      actor: person.slackUserId,
      event: kept.length === 0 ? "answer-shared" : "answer-share-refused",
      subject: `answer:${answerId}`,
      detail: { channel: delivery.channel, documents: from.length, unreadable: kept.length },
    }),
  );
  if (kept.length > 0) {
    const names = kept.slice(0, NAMED_PAGES).map((id) => {
      const page = byAsker.has(id) ? passages.find(({ documentId }) => documentId === id) : undefined;
      return page === undefined ? texts.answers.pageNotYours : link({ ...page, headings: [] });
    });
    return tell(texts.answers.notForAll([...new Set(names)].map((name) => `• ${name}`).join("\n")));
  }
  const language = textsFor(answer.locale);
  const mode: AnswerFoot["mode"] =
    answer.mode === "generated" ? { kind: "generated", model: answer.model ?? "" } : { kind: "extractive" };
  const citations = cited.flatMap(({ number, url }) => {
    const source: SourceRef | undefined = passages.find((passage) => passage.url === url);
    return source === undefined ? [] : [{ number, source }];
  });
  const question = language.asked(`<@${person.slackUserId}>`, escapeMrkdwn(shorten(answer.question, 1_500)));
  await deps.say({
    key: `share.${answerId}`,
    channel: delivery.channel,
    fallbackUser: person.slackUserId,
    view: sharedAnswer(
      question,
      answer.text,
      { answerId, citations, mode, tookMs: answer.took_ms },
      language,
    ),
  });
  // From now on it is that channel's: its members may ask why.
  await store.updateTable("answers").set({ channel: delivery.channel }).where("id", "=", answerId).execute();
}
