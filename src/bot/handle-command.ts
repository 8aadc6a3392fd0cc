import type { Person } from "../actions/ports.ts";
import type { ReadInput, ReadName, ReadOutput } from "../actions/registry.ts";
import type { Denial } from "../actions/request-action.ts";
import { answerQuestion } from "./answer-question.ts";
import { escapeMrkdwn, shorten } from "./escape.ts";
import { said, type BotDeps, type HandlingContext } from "./bot-deps.ts";
import type { Delivery } from "./inbound/delivery.ts";
import type { HelpTopic, ParsedCommand } from "./parse-command.ts";
import { localeOfText, textsFor, type Texts } from "./texts/texts.ts";
import { clusterCard } from "./views/cluster-card.ts";
import { actions, button, section, type MessageView } from "./views/message.ts";
import { previewCard } from "./views/preview-card.ts";
import { denialText } from "./views/request-card.ts";
import { runDetails, runList, runLogs } from "./views/run-list.ts";

/** A parsed command, whether typed, mentioned or filled into a form. */
export async function handleCommand(context: HandlingContext, command: ParsedCommand): Promise<void> {
  const { deps, delivery, person, id, texts } = context;
  const isSimulated = (cluster: string) => deps.actions.clusters.get(cluster)?.simulated ?? false;
  const answer = (view: MessageView) => deps.reply.answer(delivery, view);
  switch (command.kind) {
    case "help":
      return answer(helpView(command.topic, deps, texts));
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
      return answer(said(command.problems.map((problem) => texts.problem(problem)).join("\n")));
    case "ask":
      return ask(context, command.question);
    case "train-start":
    case "train-cancel": {
      const place = {
        channel: delivery.channel,
        locale: person.locale,
        ...(threadOf(delivery) !== undefined && { threadTs: threadOf(delivery) ?? "" }),
      };
      const outcome =
        command.kind === "train-start"
          ? await deps.actions.request(
              id,
              person,
              "train-start",
              { stage: command.stage, parameters: { ...command.parameters } },
              place,
            )
          : await deps.actions.request(id, person, "train-cancel", { run: command.run }, place);
      switch (outcome.kind) {
        case "invalid-input":
          return answer(said(outcome.problems.map((problem) => texts.problem(problem)).join("\n")));
        case "denied":
          return answer(deniedView(outcome.denial, outcome.subject.action, person, texts));
        case "previewed":
          // Only the asker sees it, also where a mention asked for it.
          return deps.reply.privately(
            delivery,
            previewCard(outcome.request, outcome.preview, texts, delivery.direct),
            previewCard(outcome.request, outcome.preview, texts, true),
          );
      }
      return outcome satisfies never;
    }
    case "train-list":
      return read(context, "train-list", { which: command.which }, (runs) =>
        runList(runs, isSimulated, texts),
      );
    case "train-status":
      return read(context, "train-status", { run: command.run }, (run) =>
        runDetails(run, isSimulated(run.cluster), texts),
      );
    case "train-logs":
      return read(context, "train-logs", { run: command.run, lines: command.lines }, ({ run, lines }) =>
        runLogs(run, lines, texts),
      );
    case "cluster-status":
      return read(context, "cluster-status", { cluster: command.cluster }, (reports) =>
        clusterCard(reports, texts),
      );
  }
  return command satisfies never;
}

export async function read<Name extends ReadName>(
  { deps, delivery, person, id, texts }: HandlingContext,
  name: Name,
  input: ReadInput<Name>,
  view: (output: ReadOutput<Name>) => MessageView,
): Promise<void> {
  const outcome = await deps.actions.read(id, person, name, input);
  switch (outcome.kind) {
    case "invalid-input":
      return deps.reply.answer(
        delivery,
        said(outcome.problems.map((problem) => texts.problem(problem)).join("\n")),
      );
    case "denied":
      return deps.reply.answer(delivery, deniedView(outcome.denial, outcome.subject.action, person, texts));
    case "answered":
      return deps.reply.answer(delivery, view(outcome.output));
  }
  return outcome satisfies never;
}

export function deniedView(denial: Denial, action: string, person: Person, texts: Texts): MessageView {
  return said(`⚠️ ${denialText(denial, action, person.locale, texts)}`);
}

/** In a thread the answer belongs to the thread; a command has none. */
function threadOf(delivery: Delivery): string | undefined {
  return delivery.threadTs;
}

async function ask({ deps, delivery, person, id, signal }: HandlingContext, question: string): Promise<void> {
  const locale = localeOfText(question, person.locale);
  const ts = delivery.threadTs ?? delivery.ts;
  const place =
    ts === undefined
      ? await postQuestion(deps, delivery, id, question, person)
      : { channel: delivery.channel, threadTs: ts };
  if (place === undefined) return;
  await answerQuestion(deps, {
    answerId: id,
    question: question.slice(0, 2_000),
    locale,
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
  const withStages = topic === "train" && stages !== "";
  return {
    text: shorten(text, 300),
    blocks: [
      section(text),
      ...(withStages
        ? [
            section(shorten(`*${texts.stages}*  ${stages}`, 3_000)),
            actions(button("train.form", texts.buttonForm, "form")),
          ]
        : []),
    ],
  };
}
