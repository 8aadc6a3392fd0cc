import type { AnswerEvent, SearchTrace, SourceRef, TokenUsage } from "../../rag/ports.ts";
import type { Locale } from "../../store/database.ts";
import { modeOf, noAnswerText } from "./answer-question.ts";
import { citedSources } from "./cited-sources.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { escapeMrkdwn } from "../escape.ts";
import { keepAnswer, keptMode } from "./keep-answer.ts";
import { textsFor } from "../texts/texts.ts";
import { privateAnswer, type AnswerFoot } from "../views/answer-card.ts";

/**
 * Answers a question so that only whoever asked sees it, from everything that this person may read, and keeps the answer. In a
 * channel it can be shared afterwards (`shareAnswer`).
 */
export async function answerPrivately(
  { deps, delivery, person, id, signal }: HandlingContext,
  { question, locale, model }: { question: string; locale: Locale; model?: string | undefined },
): Promise<void> {
  const { store } = deps;
  const texts = textsFor(locale);
  const show = (text: string, foot: Omit<AnswerFoot, "answerId">): Promise<void> => {
    const { kind } = foot.mode;
    const isShareable = !delivery.direct && kind !== "no-answer" && kind !== "curated";
    return deps.reply.privately(
      delivery,
      privateAnswer(text, { ...foot, answerId: id }, isShareable, texts),
      // Where the channel cannot be written to, nothing can be shared there either.
      privateAnswer(text, { ...foot, answerId: id }, false, texts),
    );
  };
  const known = await store.selectFrom("answers").selectAll().where("id", "=", id).executeTakeFirst();
  const knownMode = known && keptMode(known);
  // Whoever kept it may have died before it was seen; who wrote a curated one is asked for again.
  if (known !== undefined && knownMode !== undefined) {
    const citations = await citedSources(store, known);
    return show(known.text, { mode: knownMode, citations, tookMs: known.took_ms });
  }
  const startedAtMs = deps.now().getTime();
  if (deps.models().length > 0) await deps.reply.privately(delivery, said(texts.answers.onlyYou));
  const answer: {
    text: string;
    citations: { number: number; source: SourceRef }[];
    mode: AnswerFoot["mode"];
    trace?: SearchTrace;
    usage?: TokenUsage;
  } = { text: "", citations: [], mode: { kind: "no-answer" } };
  const take = (event: AnswerEvent): void => {
    switch (event.kind) {
      case "stage":
        if (event.stage === "reading") answer.trace = event.found;
        break;
      case "text-delta":
        answer.text += escapeMrkdwn(event.text);
        break;
      case "restart":
        answer.text = "";
        answer.citations = [];
        break;
      case "citation":
        answer.citations.push({ number: event.number, source: event.source });
        break;
      case "answer-end":
        answer.mode = modeOf(event);
        if (event.mode !== "curated" && event.usage !== undefined) answer.usage = event.usage;
        break;
      case "no-answer":
        if (event.found !== undefined) answer.trace = event.found;
        answer.text = noAnswerText(event.reason, texts);
        answer.citations = event.nearest.map((source, index) => ({ number: index + 1, source }));
        break;
    }
  };
  const audiences = await deps.readers.ofPerson(person);
  const asked = { text: question, locale, audiences, signal, ...(model !== undefined && { model }) };
  for await (const event of deps.answer(asked)) take(event);
  const { text, citations, mode } = answer;
  const tookMs = deps.now().getTime() - startedAtMs;
  // Kept first: its buttons must find it.
  await keepAnswer(store, {
    ...answer,
    id,
    asker: person.slackUserId,
    place: undefined,
    question,
    locale,
    tookMs,
  });
  await show(text, { mode, citations, tookMs });
}
