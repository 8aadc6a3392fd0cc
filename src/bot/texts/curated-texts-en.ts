import { code, escapeMrkdwn } from "../escape.ts";

/** Answers that people wrote for such questions. */
export const curatedTextsEn = {
  mode: (person: string, date: string) => `written by ${person}, ${date}`,
  why: "Somebody wrote this answer for such a question. The line below it says who and when; its pages are linked.",
  label: "The right answer",
  hint: "Shown first on such questions, with your name and the pages of this answer, until one of them changes. Leave it empty to only report.",
  kept: (pages: number) =>
    `Kept: such questions get your answer first, until ${pages === 1 ? "its page changes" : `one of its ${pages} pages changes`}. ${code("/docs answers")} lists and removes them.`,
  keptWithoutPages: `Kept: such questions get your answer first. It rests on no page, so it stays until somebody removes it: ${code("/docs answers")}`,
  title: "Answers that people wrote",
  none: "None yet. Choose “Something is wrong …” under an answer and write the right one.",
  by: (person: string, date: string) => `${person}, ${date}`,
  pages: (count: number) => (count === 0 ? "no pages" : `${count} page${count === 1 ? "" : "s"}`),
  outdated: "⚠️ not shown any more: a page that it rests on has changed or is gone",
  more: (count: number) => `and ${count} more`,
  removed: (question: string) => `Removed: ${escapeMrkdwn(question)}`,
  notThere: (number: number) =>
    `There is no answer ${code(String(number))}. ${code("/docs answers")} lists them.`,
};
