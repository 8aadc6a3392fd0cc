import { askForSync } from "./ask-for-sync.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { refusal } from "../denied-view.ts";
import { sourceList } from "../views/source-list.ts";

/** Of whoever sees what is answered: the person alone where it is answered privately, else everybody there. */
export function audiencesOfReply({ deps, delivery, person }: HandlingContext): Promise<readonly string[]> {
  return deps.reply.isPrivate(delivery)
    ? deps.readers.ofPerson(person)
    : deps.readers.at({ channel: delivery.channel, user: person.slackUserId });
}

/** `/docs sources`: how each source stands. */
export async function lookAtSources(context: HandlingContext): Promise<void> {
  const { deps, delivery, texts } = context;
  const denied = refusal(context, "docs-sources");
  if (denied !== undefined) return deps.reply.answer(delivery, denied);
  const states = await deps.sources.states(await audiencesOfReply(context));
  await deps.reply.answer(delivery, sourceList(states, texts));
}

/** `/docs sync NAME` */
export async function startSync(context: HandlingContext, wanted: string): Promise<void> {
  const { deps, delivery, texts } = context;
  const denied = refusal(context, "docs-sync");
  if (denied !== undefined) return deps.reply.answer(delivery, denied);
  const names = await deps.sources.names(await audiencesOfReply(context));
  const source = names.find((name) => name === wanted || name.toLowerCase() === wanted.toLowerCase());
  if (source === undefined) {
    const words = texts.sources;
    const text =
      names.length === 0 ? words.none : wanted === "" ? words.whichOne(names) : words.unknown(wanted, names);
    return deps.reply.answer(delivery, said(text));
  }
  return askForSync(context, source);
}
