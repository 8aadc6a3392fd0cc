import { decide } from "../../actions/policy.ts";
import { askForSync } from "./ask-for-sync.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { deniedView } from "../denied-view.ts";
import { sourceList } from "../views/source-list.ts";

/** Of whoever sees what is answered: the person alone where it is answered privately, else everybody there. */
export function audiencesOfReply({ deps, delivery, person }: HandlingContext): Promise<readonly string[]> {
  return deps.reply.isPrivate(delivery)
    ? deps.readers.ofPerson(person)
    : deps.readers.at({ channel: delivery.channel, user: person.slackUserId });
}

/** Whether the policy lets the person; says so itself where it does not. */
async function isAllowed(context: HandlingContext, action: "docs-sources" | "docs-sync"): Promise<boolean> {
  const { deps, delivery, person, texts } = context;
  const decision = decide(deps.actions.policy, person, { action });
  if (decision.kind === "allowed") return true;
  await deps.reply.answer(delivery, deniedView(decision, action, person, texts));
  return false;
}

/** `/docs sources`: how each source stands. */
export async function lookAtSources(context: HandlingContext): Promise<void> {
  if (!(await isAllowed(context, "docs-sources"))) return;
  const { deps, delivery, texts } = context;
  const states = await deps.sources.states(await audiencesOfReply(context));
  await deps.reply.answer(delivery, sourceList(states, texts));
}

/** `/docs sync NAME` */
export async function startSync(context: HandlingContext, wanted: string): Promise<void> {
  if (!(await isAllowed(context, "docs-sync"))) return;
  const { deps, delivery, texts } = context;
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
