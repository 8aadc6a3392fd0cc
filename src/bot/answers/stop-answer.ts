import { decide } from "../../actions/policy.ts";
import { appendAudit } from "../../store/audit.ts";
import { said, type HandlingContext } from "../bot-deps.ts";

/** The policy's name of stopping what others asked; what one asked oneself may always be stopped. */
const STOP_ACTION = "answer-stop";

/** Stop was pressed. The row says so, and whichever process writes the answer looks there. */
export async function stopAnswer(
  { deps, delivery, person, texts }: HandlingContext,
  answerId: string,
): Promise<void> {
  const tell = (text: string) => deps.reply.privately(delivery, said(text));
  const outcome = await deps.store.transaction().execute(async (transaction) => {
    const open = await transaction
      .selectFrom("open_answers")
      .selectAll()
      .where("id", "=", answerId)
      .forUpdate()
      .executeTakeFirst();
    if (open === undefined) return { kind: "ended" } as const;
    const { asker, stopped_by: by } = open;
    if (by !== null) return { kind: "already", by } as const;
    const isAllowed =
      asker === person.slackUserId ||
      decide(deps.actions.policy, person, { action: STOP_ACTION, owner: asker }).kind === "allowed";
    await appendAudit(transaction, {
      actor: person.slackUserId,
      event: isAllowed ? "answer-stopped" : "answer-stop-refused",
      subject: `answer:${answerId}`,
      detail: { asker },
    });
    if (!isAllowed) return { kind: "refused", asker } as const;
    await transaction
      .updateTable("open_answers")
      .set({ stopped_by: person.slackUserId })
      .where("id", "=", answerId)
      .execute();
    return { kind: "stopped" } as const;
  });
  switch (outcome.kind) {
    case "stopped":
      return tell(texts.answers.stopping);
    case "already":
      return tell(texts.answers.stoppedBy(`<@${outcome.by}>`));
    case "refused":
      return tell(texts.answers.notYoursToStop(`<@${outcome.asker}>`, STOP_ACTION));
    case "ended":
      return tell(texts.answers.endedAlready);
  }
  return outcome satisfies never;
}
