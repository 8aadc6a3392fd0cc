import type { KnownBlock } from "@slack/types";
import type { ComparedAnswer } from "../../rag/compare-models.ts";
import { escapeMrkdwn, shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { link } from "./answer-card.ts";
import { actions, button, context, section, type MessageView } from "./message.ts";

/** Slack takes 2,000 characters in each field of a section. */
const MAX_FIELD = 1_990;
const MAX_SECTION = 2_950;

/** Both answers side by side where they are short enough, else below each other; then their pages and two buttons. */
export function comparisonView(
  { id, first, second }: { id: string; first: ComparedAnswer; second: ComparedAnswer },
  texts: Texts,
): MessageView {
  const both = [first, second];
  const columns = both.map((answer) => `*${escapeMrkdwn(answer.model)}*\n${textOf(answer, texts)}`);
  const areShort = columns.every((column) => column.length <= MAX_FIELD);
  const blocks: KnownBlock[] = areShort
    ? [{ type: "section", fields: columns.map((text) => ({ type: "mrkdwn" as const, text })) }]
    : columns.map((column) => section(shorten(column, MAX_SECTION)));
  return {
    text: shorten(texts.comparisons.title(first.model, second.model), 300),
    blocks: [
      ...blocks,
      ...both.flatMap((answer) =>
        answer.citations.length === 0
          ? []
          : [section(shorten(`*${escapeMrkdwn(answer.model)}*  ${linksOf(answer)}`, MAX_SECTION))],
      ),
      context(...both.map((answer) => figuresOf(answer, texts))),
      actions(
        button("comparison.first", shorten(texts.comparisons.better(first.model), 75), id),
        button("comparison.second", shorten(texts.comparisons.better(second.model), 75), id),
      ),
    ],
  };
}

function textOf({ mode, text }: ComparedAnswer, texts: Texts): string {
  if (mode === "no-answer") return texts.dontKnow;
  return escapeMrkdwn(text.trim());
}

function linksOf({ citations }: ComparedAnswer): string {
  return citations.map(({ number, source }) => `[${number}] ${link(source)}`).join("  ");
}

function figuresOf({ model, mode, tookMs, tokens }: ComparedAnswer, texts: Texts): string {
  const words = texts.comparisons;
  return [
    `*${escapeMrkdwn(model)}*`,
    ...(mode === "extractive" ? [words.wroteNothing] : []),
    `${(tookMs / 1_000).toFixed(1)} s`,
    tokens === undefined ? words.notCounted : words.tokens(tokens.prompt, tokens.answer),
  ].join(" · ");
}
