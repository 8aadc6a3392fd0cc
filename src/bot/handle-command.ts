import type { FieldProblem } from "../actions/ports.ts";
import { isChangeName, reads } from "../actions/registry.ts";
import { severalOf } from "../actions/training/train-several.ts";
import { ask, askTwo } from "./answers/ask.ts";
import { escapeMrkdwn, shorten } from "./escape.ts";
import { said, type BotDeps, type HandlingContext } from "./bot-deps.ts";
import type { ChangeCommand, HelpTopic, ParsedCommand, ReadCommand } from "./commands/parsed-command.ts";
import { removeCurated, showCurated } from "./answers/keep-curated.ts";
import { addTermByCommand, removeTerm, showTerms } from "./answers/keep-terms.ts";
import { askForPull } from "./models/ask-for-pull.ts";
import { lookAtSources, startSync } from "./sources/look-at-sources.ts";
import { read } from "./read.ts";
import { showModels } from "./models/show-models.ts";
import { startFollowing } from "./start-following.ts";
import { repeatRun, requestChange } from "./request-change.ts";
import { summariseThread } from "./answers/summarise-thread.ts";
import { switchChannel } from "./sources/switch-channel.ts";
import type { Texts } from "./texts/texts.ts";
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
    case "models-list":
      return showModels(context);
    case "models-pull":
      return askForPull(context, command.model, command.server);
    case "docs-channel":
      return switchChannel(context, command.isOn);
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
      return ask(context, command);
    case "summarise":
      return summariseThread(context, command.text);
    case "compare":
      return askTwo(context, command.question, command.models);
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
