import type { GlossaryTerm } from "../../rag/glossary.ts";
import { shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, button, section, type MessageView } from "./message.ts";

const SHOWN_SUGGESTIONS = 10;
const SHOWN_TERMS = 60;
const TERMS_IN_A_SECTION = 20;

/** The words in use, then suggestions with their buttons. */
export function termList(
  used: readonly GlossaryTerm[],
  suggested: readonly GlossaryTerm[],
  texts: Texts,
): MessageView {
  const words = texts.glossary;
  const lines = used
    .slice(0, SHOWN_TERMS)
    .map(({ term, counterpart, person }) =>
      [words.pair(term, counterpart), ...(person === null ? [] : [words.by(`<@${person}>`)])].join("  "),
    );
  if (used.length > SHOWN_TERMS) lines.push(words.more(used.length - SHOWN_TERMS));
  const blocks = [section(`*${words.title}*`)];
  if (lines.length === 0) blocks.push(section(words.none));
  for (let index = 0; index < lines.length; index += TERMS_IN_A_SECTION)
    blocks.push(section(shorten(lines.slice(index, index + TERMS_IN_A_SECTION).join("\n"), 2_900)));
  if (suggested.length > 0) blocks.push(section(words.suggested));
  for (const { id, term, counterpart, path } of suggested.slice(0, SHOWN_SUGGESTIONS))
    blocks.push(
      section(
        [words.pair(term, counterpart), ...(path === null ? [] : [words.fromPage(shorten(path, 150))])].join(
          "  ",
        ),
      ),
      actions(button("term.accept", words.accept, id), button("term.dismiss", words.dismiss, id)),
    );
  if (suggested.length > SHOWN_SUGGESTIONS)
    blocks.push(section(words.more(suggested.length - SHOWN_SUGGESTIONS)));
  return { text: shorten(`${words.title}: ${lines[0] ?? "0"}`, 300), blocks };
}
