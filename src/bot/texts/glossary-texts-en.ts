import { code, escapeMrkdwn } from "../escape.ts";

const pair = (term: string, counterpart: string) =>
  `*${escapeMrkdwn(term)}* = *${escapeMrkdwn(counterpart)}*`;

/** The workspace's own words. */
export const glossaryTextsEn = {
  pair,
  title: "Words of this workspace",
  none: `No words yet. Add one: ${code("/docs term 분산 학습 = distributed training")}`,
  suggested: "Found in titles of pages. Do both mean the same?",
  fromPage: (path: string) => `from ${code(path)}`,
  by: (person: string) => `by ${person}`,
  accept: "Accept",
  dismiss: "Dismiss",
  more: (count: number) => `and ${count} more`,
  howTo: `Write both sides: ${code("/docs term 분산 학습 = distributed training")}. ${code("/docs terms")} shows what is there, ${code("/docs term remove 분산 학습")} takes one away.`,
  added: (term: string, counterpart: string) =>
    `${pair(term, counterpart)}: a question with the one is searched for with the other too, from now on.`,
  known: (term: string, counterpart: string) => `${pair(term, counterpart)} is there already.`,
  removed: (pairs: readonly string[]) => `Not used any more: ${pairs.join(", ")}`,
  notThere: (text: string) => `There is no ${code(text)} among the words of this workspace.`,
  decided: "Somebody has decided this already.",
  refused: {
    "no-words": "Each side needs a word that says something: words like “how” or “the” are not searched for.",
    "too-many-words": "At most three words on each side: longer ones are not found in questions.",
    "the-same": "Both sides are the same.",
    full: "The glossary is full (2,000). Take words away that nobody needs.",
  },
};
