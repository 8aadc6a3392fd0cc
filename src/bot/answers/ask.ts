import type { Person } from "../../actions/ports.ts";
import { answerPrivately } from "./answer-privately.ts";
import { answerQuestion } from "./answer-question.ts";
import { said, type BotDeps, type HandlingContext } from "../bot-deps.ts";
import { compareModels } from "./compare-models.ts";
import type { ParsedCommand } from "../commands/parsed-command.ts";
import { escapeMrkdwn, shorten } from "../escape.ts";
import type { Delivery } from "../inbound/delivery.ts";
import { chooseLookups } from "../live/choose-lookups.ts";
import { lookUpLive } from "../live/look-up-live.ts";
import { proposeStart } from "./propose-start.ts";
import { localeOfText, textsFor } from "../texts/texts.ts";

/** Long enough for a stack trace. */
const MAX_QUESTION = 8_000;
/** What is longer is a paste, whose words are not the asker's. */
const MAX_OWN_WORDS = 400;

/** Answers where the question was asked, with what can be looked up beside the documents. */
export async function ask(
  context: HandlingContext,
  { question, model, isPrivate }: Extract<ParsedCommand, { kind: "ask" }>,
): Promise<void> {
  const { deps, delivery, person, id, signal, texts } = context;
  if (model !== undefined && !deps.models().includes(model))
    return deps.reply.answer(delivery, said(texts.answers.noSuchModel(model.slice(0, 80), deps.models())));
  const locale = localeOfText(question, person.locale);
  if (isPrivate === true)
    return answerPrivately(context, { question: question.slice(0, MAX_QUESTION), locale, model });
  const place = await placeOf(context, question);
  if (place === undefined) return;
  const usualModel = deps.usualModel(place.channel);
  const ownWords = question.length <= MAX_OWN_WORDS ? question : "";
  const proposal = proposeStart(ownWords, deps.actions.stages);
  const { lookups, areAll } = chooseLookups(
    ownWords,
    deps.actions.stages.map(({ name }) => name),
  );
  await answerQuestion(deps, {
    answerId: id,
    audiences: await deps.readers.at({ channel: place.channel, user: person.slackUserId }),
    question: question.slice(0, MAX_QUESTION),
    locale,
    ...(model !== undefined && { model }),
    ...(usualModel !== undefined && { usualModel }),
    ...(proposal !== undefined && { proposal }),
    ...(lookups.length > 0 && {
      live: { areAll, read: () => lookUpLive(context, lookups, textsFor(locale)) },
    }),
    place: { ...place, user: delivery.user, team: delivery.team ?? deps.teamId },
    signal,
  });
}

/** `/ask --compare A,B`. */
export async function askTwo(
  context: HandlingContext,
  question: string,
  names: readonly string[],
): Promise<void> {
  const { deps, delivery, person, texts } = context;
  const [first, second, ...more] = names;
  const areTwo = first !== undefined && second !== undefined && first !== second && more.length === 0;
  if (!areTwo || !names.every((name) => deps.models().includes(name)))
    return deps.reply.answer(delivery, said(texts.comparisons.howTo(deps.models())));
  const place = await placeOf(context, question);
  if (place === undefined) return;
  const asked = {
    text: question.slice(0, MAX_QUESTION),
    locale: localeOfText(question, person.locale),
    audiences: await deps.readers.at({ channel: place.channel, user: person.slackUserId }),
  };
  return compareModels(context, asked, [first, second], {
    ...place,
    user: delivery.user,
    team: delivery.team ?? deps.teamId,
  });
}

async function placeOf(
  { deps, delivery, id, person }: HandlingContext,
  question: string,
): Promise<{ channel: string; threadTs: string } | undefined> {
  const ts = delivery.threadTs ?? delivery.ts;
  return ts === undefined
    ? postQuestion(deps, delivery, id, question, person)
    : { channel: delivery.channel, threadTs: ts };
}

/** `/ask` leaves no message of its own: the question is posted, and answered in its thread; directly where the bot is no member. */
async function postQuestion(
  deps: BotDeps,
  delivery: Delivery,
  id: string,
  question: string,
  person: Person,
): Promise<{ channel: string; threadTs: string } | undefined> {
  const subject = `question:${id}`;
  const known = await deps.store
    .selectFrom("messages")
    .select(["ts", "channel"])
    .where("subject", "=", subject)
    .executeTakeFirst();
  if (known !== undefined && known.ts !== null) return { channel: known.channel, threadTs: known.ts };
  const text = textsFor(person.locale).asked(
    `<@${person.slackUserId}>`,
    escapeMrkdwn(shorten(question, 2_500)),
  );
  const posted = await deps.reply.post(delivery, said(text));
  if (posted === undefined) return undefined;
  await deps.store
    .insertInto("messages")
    .values({
      subject,
      purpose: "question",
      channel: posted.channel,
      thread_ts: null,
      ts: posted.threadTs,
      content_hash: null,
    })
    .onConflict((conflict) => conflict.columns(["subject", "purpose"]).doNothing())
    .execute();
  return posted;
}
