import { code, escapeMrkdwn } from "../escape.ts";

/** What stands around an answer. */
export const answerTextsEn = {
  reading: (pages: number) => `reading ${pages} page${pages === 1 ? "" : "s"} …`,
  writing: (pages: number) => `Reading ${pages} page${pages === 1 ? "" : "s"} and writing …`,
  stop: "Stop",
  stopping: "Stopped. What was written so far stays.",
  stoppedBy: (person: string) => `stopped by ${person}`,
  stoppedEarly: "Stopped before there was anything to show.",
  endedAlready: "This answer is finished: there is nothing left to stop.",
  notYoursToStop: (asker: string, action: string) =>
    `${asker} asked this. Whoever asked can stop it, and people with a rule for ${code(action)}.`,
  noSuchModel: (model: string, models: readonly string[]) =>
    models.length === 0
      ? `There is no model ${code(model)}, and no other: answers are quoted from the documents.`
      : `There is no model ${code(model)}. There are ${models.map(code).join(", ")}.`,
  wrong: "Something is wrong …",
  wrongTitle: "What is wrong?",
  wrongSubmit: "Send",
  wrongCause: "What is wrong with the answer?",
  wrongCauses: {
    "other-page": "It cites a page that is about something else",
    "page-outdated": "The cited page itself is wrong or outdated",
    misread: "The page is right, the answer is not",
    incomplete: "Something important is missing",
  },
  wrongReason: "In your words",
  wrongHint: "What would be right, or which page says it.",
  searchedAlso: (words: readonly string[]) => `searched also: ${words.map(escapeMrkdwn).join(", ")}`,
  why: "Why this answer",
  noTrace:
    "Nothing was kept about how this answer came about: the search did not answer, or it is from an older version.",
  searchedFor: "Searched for:",
  passages: "Found, best first, with its score and what became of it:",
  unused: "not cited",
  nothingSure: "No page was close enough to answer from.",
  confidence: (value: string) => `confidence ${value} of 1`,
  times: (search: string, whole: string) => `search ${search} s, all ${whole} s`,
};
