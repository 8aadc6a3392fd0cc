import { decide } from "../../actions/policy.ts";
import { isModelName, type ModelServer } from "../../rag/model-server.ts";
import { appendAudit } from "../../store/audit.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { placeOfProgress } from "../place-of-progress.ts";
import { deniedView } from "../denied-view.ts";

/**
 * `/jibsa models pull NAME`: a row and the bell of its job. What is being pulled already is not pulled a second time, and the
 * same delivery again makes no second row.
 */
export async function askForPull(context: HandlingContext, typed: string, on: string): Promise<void> {
  const { deps, delivery, person, id, texts } = context;
  const words = texts.models;
  const tell = (text: string) => deps.reply.answer(delivery, said(text));
  const decision = decide(deps.actions.policy, person, { action: "models-pull" });
  if (decision.kind === "denied")
    return deps.reply.answer(delivery, deniedView(decision, "models-pull", person, texts));
  if (!isModelName(typed)) return tell(words.howToPull);
  const able = deps.modelServers.filter(({ pull }) => pull !== undefined);
  if (able.length === 0) return tell(words.noOllama);
  const isMeant = ({ name, uses }: ModelServer): boolean =>
    name === on || uses.some((use) => use.name === on);
  const meant = on === "" ? able : able.filter(isMeant);
  const [server] = meant;
  if (server === undefined || meant.length > 1) return tell(words.whichServer(able.map(({ name }) => name)));
  // As Ollama reads it.
  const model = typed.includes(":") ? typed : `${typed}:latest`;

  const { channel, threadTs, isHere } = await placeOfProgress(context);
  const other = await deps.store.transaction().execute(async (transaction) => {
    const written = await transaction
      .insertInto("model_pulls")
      .values({
        id,
        server: server.name,
        model,
        person: person.slackUserId,
        locale: texts.locale,
        channel,
        thread_ts: threadTs ?? null,
        asked_at: deps.now(),
        moved_at: deps.now(),
        error: null,
        shown_hash: null,
      })
      // Of the same delivery, or of the same model while it is pulled.
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .executeTakeFirst();
    if (written !== undefined) {
      await appendAudit(transaction, {
        actor: person.slackUserId,
        event: "model-pull-asked",
        subject: `model:${model}`,
        detail: { server: server.name, rule: decision.rule },
      });
      return undefined;
    }
    return transaction
      .selectFrom("model_pulls")
      .select(["id", "person"])
      .where("server", "=", server.name)
      .where("model", "=", model)
      .where("state", "=", "open")
      .where("id", "!=", id)
      .executeTakeFirst();
  });
  if (other !== undefined) return tell(words.pulledAlready(model, `<@${other.person}>`));
  await deps.enqueue("pull-model", { pullId: id });
  if (!isHere) await tell(words.toldDirectly);
}
