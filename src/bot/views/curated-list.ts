import type { CuratedAnswer } from "../../rag/curated-answers.ts";
import { escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { section, type MessageView } from "./message.ts";

const SHOWN = 30;
const IN_A_SECTION = 5;

/** Each with the number that removes it, who wrote it and when, and whether its pages are as they were. */
export function curatedList(answers: readonly CuratedAnswer[], texts: Texts): MessageView {
  const words = texts.curated;
  if (answers.length === 0) return { text: words.none, blocks: [section(words.none)] };
  const lines = answers.slice(0, SHOWN).map(({ number, question, answer, pages, by, isCurrent }) => {
    const facts = [
      words.by(`<@${by.slackUserId}>`, slackTime(by.at, "{date_short}")),
      isCurrent ? words.pages(pages.length) : words.outdated,
    ];
    return [
      `*${number}.* ${escapeMrkdwn(shorten(question, 150))}`,
      // Who may read what it rested on is not known any more.
      ...(isCurrent ? [escapeMrkdwn(shorten(answer.replace(/\s+/g, " "), 200))] : []),
      facts.join(" · "),
    ].join("\n    ");
  });
  const blocks = [section(`*${words.title}*`)];
  for (let index = 0; index < lines.length; index += IN_A_SECTION)
    blocks.push(section(shorten(lines.slice(index, index + IN_A_SECTION).join("\n"), 2_900)));
  if (answers.length > SHOWN) blocks.push(section(words.more(answers.length - SHOWN)));
  return { text: shorten(`${words.title}: ${answers.length}`, 300), blocks };
}
