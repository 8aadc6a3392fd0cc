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
  onlyYou: "I am looking. Only you will see the answer; it uses everything that you may read.",
  share: "Share here",
  sharedAlready: "This answer has been shared already.",
  pageNotYours: "a page that you may no longer read",
  notForAll: (pages: string) =>
    `Not everybody in this channel may read what this answer came from, so it stays with you:\n${pages}\nAsked here without \`--private\`, the question is answered from what everybody here may read.`,
  noTrace:
    "Nothing was kept about how this answer came about: the search did not answer, or it is from an older version.",
  searchedFor: "Searched for:",
  vectors: {
    used: "by words and by meaning",
    pending: "by words alone: the pages' vectors are still being made",
    away: "by words alone: the embedder did not answer",
    late: "by words alone: the embedder took too long",
    resting: "by words alone: the embedder is left alone for a while after failing",
  },
  reranked: {
    used: "order by the reranker",
    away: "our own order: the reranker did not answer in time",
    resting: "our own order: the reranker is left alone for a while after failing",
  },
  passageLeftOut: "left out, more than the model reads",
  passages: "Found, best first, with its score and what became of it:",
  unused: "not cited",
  nothingSure: "No page was close enough to answer from.",
  confidence: (value: string) => `confidence ${value} of 1`,
  times: (search: string, whole: string) => `search ${search} s, all ${whole} s`,
};
