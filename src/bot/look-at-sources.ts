import { decide } from "../actions/policy.ts";
import { appendAudit } from "../store/audit.ts";
import { said, type HandlingContext } from "./bot-deps.ts";
import { deniedView } from "./denied-view.ts";
import { sourceList } from "./views/source-list.ts";

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

/** `/docs sync NAME`: a row, the bells of the sync and of its message. The same delivery again makes no second one. */
export async function startSync(context: HandlingContext, wanted: string): Promise<void> {
  if (!(await isAllowed(context, "docs-sync"))) return;
  const { deps, delivery, person, id, texts } = context;
  const names = await deps.sources.names(await audiencesOfReply(context));
  const source = names.find((name) => name === wanted || name.toLowerCase() === wanted.toLowerCase());
  if (source === undefined) {
    const words = texts.sources;
    const text =
      names.length === 0 ? words.none : wanted === "" ? words.whichOne(names) : words.unknown(wanted, names);
    return deps.reply.answer(delivery, said(text));
  }
  const isHere = delivery.command === undefined || delivery.direct;
  const channel = isHere
    ? delivery.channel
    : ((await deps.client.conversations.open({ users: delivery.user })).channel?.id ?? delivery.user);
  const threadTs = isHere ? (delivery.threadTs ?? (delivery.direct ? undefined : delivery.ts)) : undefined;
  await deps.store.transaction().execute(async (transaction) => {
    const written = await transaction
      .insertInto("sync_follows")
      .values({
        id,
        source,
        person: person.slackUserId,
        locale: texts.locale,
        channel,
        thread_ts: threadTs ?? null,
        asked_at: deps.now(),
        shown_hash: null,
      })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .returning("id")
      .executeTakeFirst();
    if (written === undefined) return;
    await appendAudit(transaction, {
      actor: person.slackUserId,
      event: "docs-sync",
      subject: `source:${source}`,
      detail: { source },
    });
  });
  await deps.enqueue("index-source", { source });
  await deps.enqueue("follow-sync", { followId: id });
  if (!isHere) await deps.reply.answer(delivery, said(texts.sources.toldDirectly));
}
