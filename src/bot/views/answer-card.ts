import type { KnownBlock } from "@slack/types";
import type { Curator, SourceRef } from "../../rag/ports.ts";
import { escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, button, context, overflow, section, type MessageView } from "./message.ts";

/** Slack takes 12,000 characters of Markdown in a message. */
const MAX_MARKDOWN = 11_500;

export interface AnswerFoot {
  answerId: string;
  citations: readonly { number: number; source: SourceRef }[];
  mode:
    | { kind: "extractive" }
    | { kind: "generated"; model: string }
    | { kind: "no-answer" }
    | { kind: "live" }
    | { kind: "curated"; by: Curator }
    | { kind: "stopped"; by: string };
  tookMs: number;
  /** Other spellings and translations that led to pages. */
  searchedAlso?: readonly string[];
}

/** What stands under an answer: numbered links to the index's pages, how it came about, two buttons. */
export function answerFoot(foot: AnswerFoot, texts: Texts): KnownBlock[] {
  const links = foot.citations.map(({ number, source }) => `[${number}] ${link(source)}`);
  const mode = modeText(foot.mode, texts);
  const also = foot.searchedAlso ?? [];
  const how = [
    ...(mode === "" ? [] : [`${mode} · ${(foot.tookMs / 1_000).toFixed(1)} s`]),
    ...(also.length === 0 ? [] : [texts.answers.searchedAlso(also)]),
  ];
  return [
    ...(links.length === 0 ? [] : [section(shorten(links.join("\n"), 3_000))]),
    ...(how.length === 0 ? [] : [context(how.join(" · "))]),
    actions(
      button("answer.helpful", texts.helpful, foot.answerId),
      button("answer.not-helpful", texts.notHelpful, foot.answerId),
      overflow(
        { actionId: "answer.why", label: texts.answers.why, value: foot.answerId },
        { actionId: "answer.wrong", label: texts.answers.wrong, value: foot.answerId },
      ),
    ),
  ];
}

function modeText(mode: AnswerFoot["mode"], texts: Texts): string {
  switch (mode.kind) {
    case "generated":
      return texts.modeGenerated(escapeMrkdwn(mode.model));
    case "extractive":
      return texts.modeExtractive;
    case "stopped":
      return texts.answers.stoppedBy(`<@${mode.by}>`);
    case "live":
      return texts.live.mode;
    case "curated":
      return texts.curated.mode(`<@${mode.by.slackUserId}>`, slackTime(mode.by.at, "{date_short}"));
    case "no-answer":
      return "";
  }
  return mode satisfies never;
}

/** An answer that one person sees; in a channel with a way to show it to the others. */
export function privateAnswer(
  text: string,
  foot: AnswerFoot,
  isShareable: boolean,
  texts: Texts,
): MessageView {
  const below =
    foot.mode.kind === "no-answer"
      ? [
          ...(foot.citations.length === 0
            ? []
            : [
                section(
                  nearestPages(
                    foot.citations.map(({ source }) => source),
                    texts,
                  ),
                ),
              ]),
          ...answerFoot({ ...foot, citations: [] }, texts),
        ]
      : answerFoot(foot, texts);
  return {
    text: shorten(text, 3_900),
    blocks: [
      { type: "markdown", text: shorten(text, MAX_MARKDOWN) },
      ...below,
      ...(isShareable ? [actions(button("answer.share", texts.answers.share, foot.answerId))] : []),
    ],
  };
}

/** The same for everybody, below its question. */
export function sharedAnswer(question: string, text: string, foot: AnswerFoot, texts: Texts): MessageView {
  return {
    text: shorten(question, 300),
    blocks: [
      section(question),
      { type: "markdown", text: shorten(text, MAX_MARKDOWN) },
      ...answerFoot(foot, texts),
    ],
  };
}

/** The three nearest pages of a question that the documents do not answer. */
export function nearestPages(nearest: readonly SourceRef[], texts: Texts): string {
  return nearest.length === 0
    ? ""
    : `${texts.nearestPages}\n${nearest.map((source) => `• ${link(source)}`).join("\n")}`;
}

export function link(source: SourceRef): string {
  const trail = [source.title, ...source.headings.filter((heading) => heading !== source.title)].join(" › ");
  const label = escapeMrkdwn(shorten(trail, 150)).replaceAll("|", "¦");
  return /^https?:\/\/[^\s<>|]+$/.test(source.url) ? `<${source.url}|${label}>` : label;
}
