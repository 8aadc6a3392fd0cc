import { appendAudit } from "../../store/audit.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { placeOfProgress } from "../place-of-progress.ts";

/**
 * A sync that a person waits for: a row, the bells of the sync and of its message. One that runs already does not count, since
 * it may have looked too early. The same delivery again makes no second one.
 */
export async function askForSync(context: HandlingContext, source: string): Promise<void> {
  const { deps, delivery, person, id, texts } = context;
  const { channel, threadTs, isHere } = await placeOfProgress(context);
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
