import { code } from "../escape.ts";

const messages = (count: number): string => `${count} message${count === 1 ? "" : "s"}`;

/** The summary of a thread. */
export const summaryTextsEn = {
  onlyInThread:
    "I summarize the thread in which you ask. Write `@jibsa summarize this thread` as a reply in it; a slash command does not know its thread.",
  unreadable: (error: string) =>
    `Slack does not let me read this thread (${code(error)}). I have to be in the channel: \`/invite @jibsa\`.`,
  nothingSaid:
    "There is nothing to summarize here: before your message nobody wrote anything in this thread.",
  reading: (count: number) => `reading ${messages(count)} …`,
  writing: (count: number) => `Reading ${messages(count)} and writing a summary …`,
  somebody: "somebody",
  quoted: "quoted from the thread, no model",
  quotesHead: {
    "no-model": "No model is connected. The most telling sentences of this thread, as they were written:",
    "model-failed":
      "The model wrote no summary that could be used. The most telling sentences of this thread, as they were written:",
  },
  nothingTelling: "I found no sentence in this thread that could be quoted.",
  kinds: {
    decided: (author: string) => `${author} on what was decided`,
    "to-do": (author: string) => `${author} on what is to be done`,
    asked: (author: string) => `${author} asked`,
    said: (author: string) => `${author} wrote`,
  },
  read: (count: number) => `${messages(count)} read`,
  cut: (read: number, count: number) =>
    `only ${read} of ${messages(count)} read: the first one and the newest, more does not fit into the model`,
  longer: "the thread is longer than what I read: its later messages are missing here",
};
