import type { WebClient } from "@slack/web-api";
import { decide, isApprover, type Policy } from "../../actions/policy.ts";
import { findRequest, previewOf } from "../../actions/request-row.ts";
import { appendAudit } from "../../store/audit.ts";
import type { Store } from "../../store/database.ts";
import type { SlackPeople } from "../slack-people.ts";
import { textsFor } from "../texts/texts.ts";
import { personRefusal } from "../views/person-refusal.ts";
import { denialText } from "../views/request-card.ts";
import { objectModal, textModal } from "../views/text-modal.ts";

/**
 * The exact object of a request: for its asker, its approvers, and those who may see its run. Everybody else is told why not.
 * Opened here and not by a worker, because the trigger lives 3 s.
 */
export async function openObject(
  deps: { client: WebClient; store: Store; people: SlackPeople; policy: Policy },
  options: { user: string; requestId: string; triggerId: string },
): Promise<void> {
  const { client, store, people, policy } = deps;
  const { user, requestId } = options;
  const refuse = (cause: string) =>
    store.transaction().execute((transaction) =>
      appendAudit(transaction, {
        actor: user,
        event: "object-refused",
        subject: `request:${requestId.slice(0, 80)}`,
        detail: { cause },
      }),
    );
  const lookup = await people.find(user);
  const texts = textsFor(lookup.kind === "member" ? lookup.person.locale : lookup.locale);
  const show = (view: ReturnType<typeof textModal>) =>
    client.views.open({ trigger_id: options.triggerId, view });
  if (lookup.kind === "refused") {
    await show(textModal(personRefusal(lookup.cause, texts), texts));
    return refuse(lookup.cause);
  }
  const { person } = lookup;
  const request = await findRequest(store, requestId);
  if (request === undefined) {
    await show(textModal(texts.oldButton, texts));
    return;
  }
  const approval = await store
    .selectFrom("approvals")
    .select("approvers")
    .where("request_id", "=", requestId)
    .executeTakeFirst();
  const decision = decide(policy, person, {
    ...previewOf(request).subject,
    action: "train-status",
    owner: request.requester,
  });
  const isConcerned = request.requester === user || isApprover(approval?.approvers ?? [], person);
  if (!isConcerned && decision.kind === "denied") {
    await show(textModal(denialText(decision, "train-status", person.locale, texts), texts));
    return refuse(decision.cause);
  }
  await show(objectModal(request.spec, texts));
}
