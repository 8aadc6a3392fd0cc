import type { KnownBlock } from "@slack/types";
import type { SummaryEvent } from "../../rag/summarise-thread.ts";
import { escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import type { SaidMessage } from "../answers/read-thread.ts";
import type { Texts } from "../texts/texts.ts";
import { context, section } from "./message.ts";

export type SummaryMode =
  /** From so many messages. */
  | { kind: "generated"; model: string; read: number }
  | { kind: "extractive" }
  | { kind: "stopped"; by: string };

export interface LinkedMessage {
  number: number;
  message: SaidMessage;
  url: string | undefined;
}

/** What stands under a summary: links to the messages, and what was read. */
export function summaryFoot(
  summary: {
    mode: SummaryMode;
    links: readonly LinkedMessage[];
    /** So many were found. */
    messages: number;
    isWhole: boolean;
    tookMs: number;
  },
  texts: Texts,
): KnownBlock[] {
  const { mode, messages, isWhole } = summary;
  const links = summary.links.map(({ number, message, url }) => {
    const name = escapeMrkdwn(message.author || texts.summary.somebody).replaceAll("|", "¦");
    const label = url !== undefined && /^https?:\/\/[^\s<>|]+$/.test(url) ? `<${url}|${name}>` : name;
    return `[${number}] ${label} · ${slackTime(new Date(Number(message.ts) * 1_000), "{date_short} {time}")}`;
  });
  const isCut = mode.kind === "generated" && mode.read < messages;
  const how = [
    modeText(mode, texts),
    isCut ? texts.summary.cut(mode.read, messages) : texts.summary.read(messages),
    ...(isWhole ? [] : [texts.summary.longer]),
    `${(summary.tookMs / 1_000).toFixed(1)} s`,
  ];
  return [
    ...(links.length === 0 ? [] : [section(shorten(links.join("\n"), 3_000))]),
    context(how.join(" · ")),
  ];
}

function modeText(mode: SummaryMode, texts: Texts): string {
  switch (mode.kind) {
    case "generated":
      return texts.modeGenerated(escapeMrkdwn(mode.model));
    case "extractive":
      return texts.summary.quoted;
    case "stopped":
      return texts.answers.stoppedBy(`<@${mode.by}>`);
  }
  return mode satisfies never;
}

/** Who decided, asked and said what, in their own words. */
export function quotedThread(
  { quotes, reason }: Extract<SummaryEvent, { kind: "quotes" }>,
  messages: readonly SaidMessage[],
  texts: Texts,
): { text: string; cited: { number: number; message: SaidMessage }[] } {
  const numbers = new Map<number, number>();
  const lines = quotes.map(({ kind, message, text }) => {
    const number = numbers.get(message) ?? numbers.size + 1;
    numbers.set(message, number);
    const author = messages[message]?.author || texts.summary.somebody;
    return `- ${texts.summary.kinds[kind](`**${escapeMrkdwn(author)}**`)}: “${escapeMrkdwn(text)}” [${number}]`;
  });
  const head = quotes.length === 0 ? texts.summary.nothingTelling : texts.summary.quotesHead[reason];
  return {
    text: [head, ...(lines.length === 0 ? [] : ["", ...lines])].join("\n"),
    cited: [...numbers].flatMap(([position, number]) => {
      const message = messages[position];
      return message === undefined ? [] : [{ number, message }];
    }),
  };
}
