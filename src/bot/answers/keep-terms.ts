import { addTerm, decideTerm, findTerms, listSuggestions, listTerms } from "../../rag/glossary.ts";
import { appendAudit } from "../../store/audit.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { refusal } from "../denied-view.ts";
import { shorten } from "../escape.ts";
import { audiencesOfReply } from "../sources/look-at-sources.ts";
import type { MessageView } from "../views/message.ts";
import { termList } from "../views/term-list.ts";

/** More than are shown, so that the rest can be counted. */
const MAX_LISTED = 2_000;

async function list(context: HandlingContext): Promise<MessageView> {
  const { deps, texts } = context;
  const [used, suggested] = await Promise.all([
    listTerms(deps.store, MAX_LISTED),
    listSuggestions(deps.store, await audiencesOfReply(context), MAX_LISTED),
  ]);
  return termList(used, suggested, texts);
}

/** `/docs terms`: the workspace's own words, and what titles of pages suggest. */
export async function showTerms(context: HandlingContext): Promise<void> {
  const view = refusal(context, "docs-terms") ?? (await list(context));
  return context.deps.reply.answer(context.delivery, view);
}

/** `/docs term A = B`. */
export async function addTermByCommand(
  context: HandlingContext,
  term: string,
  counterpart: string,
): Promise<void> {
  const { deps, delivery, person, texts } = context;
  const words = texts.glossary;
  const answer = (view: MessageView) => deps.reply.answer(delivery, view);
  const denied = refusal(context, "docs-term");
  if (denied !== undefined) return answer(denied);
  if (term === "" || counterpart === "") return answer(said(words.howTo));
  const outcome = await deps.store.transaction().execute(async (transaction) => {
    const added = await addTerm(transaction, {
      term,
      counterpart,
      person: person.slackUserId,
      now: deps.now(),
    });
    if (added.kind === "added") await audit(context, transaction, "term-added", added);
    return added;
  });
  if (outcome.kind === "refused") return answer(said(words.refused[outcome.cause]));
  return answer(said(words[outcome.kind](outcome.term, outcome.counterpart)));
}

/** `/docs term remove A`, or of one pair `A = B`. */
export async function removeTerm(context: HandlingContext, text: string): Promise<void> {
  const { deps, delivery, person, texts } = context;
  const words = texts.glossary;
  const denied = refusal(context, "docs-term");
  if (denied !== undefined) return deps.reply.answer(delivery, denied);
  const removed = await deps.store.transaction().execute(async (transaction) => {
    const found = await findTerms(transaction, text);
    for (const term of found) {
      await decideTerm(transaction, {
        id: term.id,
        state: "dismissed",
        person: person.slackUserId,
        now: deps.now(),
      });
      await audit(context, transaction, "term-removed", term);
    }
    return found;
  });
  const pairs = removed.map(({ term, counterpart }) => words.pair(term, counterpart));
  const view = said(pairs.length === 0 ? words.notThere(shorten(text, 80)) : words.removed(pairs));
  return deps.reply.answer(delivery, view);
}

/** A button of a suggestion. Whoever pressed sees the list as it is now. */
export async function decideSuggestion(
  context: HandlingContext,
  id: string,
  state: "used" | "dismissed",
): Promise<void> {
  const { deps, delivery, person, texts } = context;
  const denied = refusal(context, "docs-term");
  if (denied !== undefined) return deps.reply.privately(delivery, denied);
  const decided = await deps.store.transaction().execute(async (transaction) => {
    const term = await decideTerm(transaction, { id, state, person: person.slackUserId, now: deps.now() });
    const event = state === "used" ? "term-added" : "term-dismissed";
    if (term !== undefined) await audit(context, transaction, event, term);
    return term;
  });
  if (decided === undefined) return deps.reply.privately(delivery, said(texts.glossary.decided));
  return deps.reply.replace(delivery, await list(context));
}

function audit(
  { person }: HandlingContext,
  transaction: Parameters<typeof appendAudit>[0],
  event: string,
  { term, counterpart }: { term: string; counterpart: string },
): Promise<void> {
  return appendAudit(transaction, {
    actor: person.slackUserId,
    event,
    subject: "glossary",
    detail: { term, counterpart },
  });
}
