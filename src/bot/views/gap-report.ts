import type { Gap, GapQuestion } from "../../rag/find-gaps.ts";
import { redactSecrets } from "../../rag/redact-secrets.ts";
import { escapeMrkdwn, shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { context, section, type MessageView } from "./message.ts";

const SHOWN_TOPICS = 8;
const SHOWN_QUESTIONS = 4;

/**
 * Questions without a good answer, by topic. Nobody is named, and what people wrote into the form stays out. A question's words
 * are shown only where this channel heard them or several people asked the same; of all others their number.
 */
export function gapReport(gaps: readonly Gap[], channel: string, texts: Texts): MessageView {
  const words = texts.gapReport;
  const questions = gaps.flatMap((gap) => gap.questions);
  const title = words.title(questions.length);
  if (questions.length === 0) return { text: title, blocks: [section(title)] };
  const topics = gaps.slice(0, SHOWN_TOPICS).map((gap) => topicText(gap, channel, texts));
  return {
    text: title,
    blocks: [
      section(`*${title}*`),
      ...topics.map((text) => section(shorten(text, 2_900))),
      ...(gaps.length > SHOWN_TOPICS ? [section(words.moreTopics(gaps.length - SHOWN_TOPICS))] : []),
      context(words.foot),
    ],
  };
}

function topicText({ topic, questions }: Gap, channel: string, texts: Texts): string {
  const words = texts.gapReport;
  const open = questions.filter((question) => question.people > 1 || question.channels.includes(channel));
  const shown = open.slice(0, SHOWN_QUESTIONS);
  const rest = questions.length - shown.length;
  // The word itself would be somebody's question where nobody's words are shown.
  const name = topic === undefined || open.length === 0 ? words.otherTopic : escapeMrkdwn(plain(topic));
  return [
    `*${name}* · ${words.count(questions.length)}`,
    ...shown.map(
      (question) => `• ${escapeMrkdwn(shorten(plain(question.question), 200))}  _${why(question, texts)}_`,
    ),
    ...(rest > 0 ? [words.others(rest)] : []),
  ].join("\n");
}

function why({ times, complaints }: GapQuestion, texts: Texts): string {
  const words = texts.gapReport;
  return [
    ...(times > 1 ? [words.times(times)] : []),
    ...complaints.map((kind) => words.complaints[kind]),
  ].join(", ");
}

/** Without whom it names, by mention or address, and without keys that were pasted. */
function plain(text: string): string {
  return redactSecrets(text)
    .replace(/<[@!#][^>]*>/g, "@…")
    .replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, "@…")
    .replace(/\s+/g, " ")
    .trim();
}
