import { localeOfText, textsFor, type Texts } from "../bot/texts/texts.ts";
import { readConfig, type Config } from "../config.ts";
import type { AnswerEvent } from "../rag/ports.ts";
import { openKnowledgeAlone } from "./open-knowledge-alone.ts";
import { checkPersonId, openWorkspace } from "./open-workspace.ts";
import { textOf, UsageError, type CommandArguments } from "./read-arguments.ts";
import { configOptionsOf } from "./config-options.ts";

export const askOptions = { config: "text", "data-dir": "text", docs: "text", as: "text" } as const;
export const askHelp = `Usage: ./jibsa ask [options] "question"

Answers from the indexed documents, in the question's language, with numbered pages.
Documents that were never indexed are indexed first.

  --as PERSON    from what this person may read: a Slack user id, e.g. U03OPERATOR. Without it, from what everybody may read
  --config FILE  --data-dir DIR  --docs DIR   as for up`;

export async function ask(args: CommandArguments): Promise<number> {
  const question = args.words.join(" ").trim();
  if (question === "")
    throw new UsageError('what is the question? ./jibsa ask "How do I retry a failed training run?"');
  const config = readConfig(process.env, configOptionsOf(args));
  const asked = textOf(args, "as");
  const person = asked === undefined ? undefined : checkPersonId("as", asked);
  const knowledge = await openKnowledgeAlone(config, configOptionsOf(args));
  try {
    if (knowledge.running === undefined)
      for (const source of knowledge.rag.sources()) await knowledge.rag.sync(source);
    const audiences = person === undefined ? ["public"] : await audiencesOf(person, config, knowledge);
    if (audiences === undefined) return 1;
    const locale = localeOfText(question, "en");
    const texts = textsFor(locale);
    const pages: string[] = [];
    let text = "";
    let foot = "";
    for await (const event of knowledge.rag.answer({ text: question, locale, audiences })) {
      if (event.kind === "text-delta") text += event.text;
      if (event.kind === "restart") {
        text = "";
        pages.length = 0;
      }
      if (event.kind === "citation")
        pages.push(
          `[${event.number}] ${[...new Set([event.source.title, ...event.source.headings])].join(" › ")}  ${event.source.url}`,
        );
      if (event.kind === "answer-end") foot = footOf(event, texts);
      if (event.kind === "no-answer") {
        text =
          event.reason === "nothing-relevant"
            ? texts.dontKnow
            : event.reason === "search-unavailable"
              ? texts.searchAway
              : texts.modelAway;
        if (event.nearest.length > 0) pages.push(texts.nearestPages);
        pages.push(...event.nearest.map((source) => `• ${source.title}  ${source.url}`));
      }
    }
    console.log([text, ...pages, foot].filter((part) => part !== "").join("\n"));
    return 0;
  } finally {
    await knowledge.close();
  }
}

/** What the person may read; undefined, and said, where nobody tells who that is. */
async function audiencesOf(
  person: string,
  config: Config,
  { store, running }: Awaited<ReturnType<typeof openKnowledgeAlone>>,
): Promise<readonly string[] | undefined> {
  const workspace = await openWorkspace(config, running);
  const lookup = await workspace?.find(person);
  if (workspace !== undefined && lookup?.kind === "member") return workspace.audiencesOf(store, person);
  console.error(
    lookup === undefined
      ? "who people are is told by the workspace: start ./jibsa up on this data folder first, then try again"
      : `${person} is no active member of this workspace`,
  );
  return undefined;
}

function footOf(event: Extract<AnswerEvent, { kind: "answer-end" }>, texts: Texts): string {
  if (event.mode === "curated")
    return texts.curated.mode(event.by.name, event.by.at.toISOString().slice(0, 10));
  return event.mode === "generated" ? texts.modeGenerated(event.model ?? "") : texts.modeExtractive;
}
