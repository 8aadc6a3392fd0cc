import type { FieldProblem, Person } from "../actions/ports.ts";
import { isChangeName, reads } from "../actions/registry.ts";
import { severalOf } from "../actions/training/train-several.ts";
import { answerQuestion } from "./answer-question.ts";
import { escapeMrkdwn, shorten } from "./escape.ts";
import { said, type BotDeps, type HandlingContext } from "./bot-deps.ts";
import type { Delivery } from "./inbound/delivery.ts";
import type { ChangeCommand, HelpTopic, ParsedCommand, ReadCommand } from "./commands/parsed-command.ts";
import { removeCurated, showCurated } from "./keep-curated.ts";
import { addTermByCommand, removeTerm, showTerms } from "./keep-terms.ts";
import { chooseLookups } from "./live/choose-lookups.ts";
import { lookUpLive } from "./live/look-up-live.ts";
import { lookAtSources, startSync } from "./look-at-sources.ts";
import { proposeStart } from "./propose-start.ts";
import { read } from "./read.ts";
import { startFollowing } from "./start-following.ts";
import { repeatRun, requestChange } from "./request-change.ts";
import { localeOfText, textsFor, type Texts } from "./texts/texts.ts";
import { actions, button, section, type MessageView } from "./views/message.ts";

/** A parsed command, whether typed, mentioned or filled into a form. */
export async function handleCommand(context: HandlingContext, typed: ParsedCommand): Promise<void> {
  let command = typed;
  if (typed.kind === "train-start" && typed.parameters["preset"] !== undefined) {
    const { stage, parameters } = typed;
    const filled = await context.deps.actions.fillPreset(context.person, { stage, parameters });
    if (!filled.ok)
      return context.deps.reply.answer(context.delivery, problemsView(filled.failure, context.texts));
    command = { kind: "train-start", ...filled.value };
  }
  if (isRead(command)) {
    const { kind, ...input } = command;
    return read(context, kind, input);
  }
  const pipelines = context.deps.actions.pipelines;
  if (command.kind === "train-start" && pipelines.some(({ name }) => name === command.stage.toLowerCase()))
    return requestChange(context, "train-pipeline", {
      pipeline: command.stage,
      parameters: command.parameters,
    });
  if (command.kind === "train-start") {
    const stage = context.deps.actions.stages.find(({ name }) => name === command.stage.toLowerCase());
    if (stage !== undefined && severalOf(stage, command.parameters).length > 0)
      return requestChange(context, "train-several", {
        stage: command.stage,
        parameters: command.parameters,
      });
  }
  if (isChange(command)) {
    const { kind, ...input } = command;
    return requestChange(context, kind, input);
  }
  const { deps, delivery, texts } = context;
  const answer = (view: MessageView) => deps.reply.answer(delivery, view);
  switch (command.kind) {
    case "help":
      return answer(helpView(command.topic, deps, texts));
    case "train-repeat":
      return repeatRun(context, { run: command.run, parameters: command.parameters });
    case "train-logs-follow":
      return startFollowing(context, command.run, command.grep);
    case "train-form":
      return answer(helpView("train", deps, texts));
    case "unknown":
      return answer({
        text: texts.unknownWord(command.word, command.suggestion),
        blocks: [
          section(texts.unknownWord(command.word, command.suggestion)),
          ...helpView(command.topic, deps, texts).blocks,
        ],
      });
    case "invalid":
      return answer(problemsView(command.problems, texts));
    case "docs-sources":
      return lookAtSources(context);
    case "docs-sync":
      return startSync(context, command.source);
    case "docs-answers":
      return showCurated(context);
    case "docs-answers-remove":
      return removeCurated(context, command.number);
    case "docs-terms":
      return showTerms(context);
    case "docs-term":
      return addTermByCommand(context, command.term, command.counterpart);
    case "docs-term-remove":
      return removeTerm(context, command.text);
    case "ask":
      return ask(context, command.question, command.model);
  }
  return command satisfies never;
}

const problemsView = (problems: readonly FieldProblem[], texts: Texts): MessageView =>
  said(problems.map((problem) => texts.problem(problem)).join("\n"));

function isRead(command: ParsedCommand): command is ReadCommand {
  return Object.hasOwn(reads, command.kind);
}

function isChange(command: ParsedCommand): command is ChangeCommand {
  return isChangeName(command.kind);
}

async function ask(context: HandlingContext, question: string, model: string | undefined): Promise<void> {
  const { deps, delivery, person, id, signal, texts } = context;
  if (model !== undefined && !deps.models().includes(model))
    return deps.reply.answer(delivery, said(texts.answers.noSuchModel(model.slice(0, 80), deps.models())));
  const locale = localeOfText(question, person.locale);
  const ts = delivery.threadTs ?? delivery.ts;
  const place =
    ts === undefined
      ? await postQuestion(deps, delivery, id, question, person)
      : { channel: delivery.channel, threadTs: ts };
  if (place === undefined) return;
  const proposal = proposeStart(question, deps.actions.stages);
  const { lookups, areAll } = chooseLookups(
    question,
    deps.actions.stages.map(({ name }) => name),
  );
  await answerQuestion(deps, {
    answerId: id,
    audiences: await deps.readers.at({ channel: place.channel, user: person.slackUserId }),
    question: question.slice(0, 2_000),
    locale,
    ...(model !== undefined && { model }),
    ...(proposal !== undefined && { proposal }),
    ...(lookups.length > 0 && {
      live: { areAll, read: () => lookUpLive(context, lookups, textsFor(locale)) },
    }),
    place: { ...place, user: delivery.user, team: delivery.team ?? deps.teamId },
    signal,
  });
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

function helpView(topic: HelpTopic, deps: BotDeps, texts: Texts): MessageView {
  const text = texts.help[topic];
  const stages = deps.actions.stages
    .map((stage) => `\`${stage.name}\` ${escapeMrkdwn(stage.summary[texts.locale])}`)
    .join(" · ");
  const pipelines = deps.actions.pipelines
    .map((pipeline) => `\`${pipeline.name}\` ${escapeMrkdwn(pipeline.summary[texts.locale])}`)
    .join(" · ");
  const withStages = topic === "train" && stages !== "";
  return {
    text: shorten(text, 300),
    blocks: [
      section(text),
      ...(withStages
        ? [
            section(shorten(`*${texts.stages}*  ${stages}`, 3_000)),
            ...(pipelines === "" ? [] : [section(shorten(`*${texts.runs.pipelines}*  ${pipelines}`, 3_000))]),
            actions(button("train.form", texts.buttonForm, "form")),
          ]
        : []),
    ],
  };
}
