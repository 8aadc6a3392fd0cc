import { appendAudit } from "../store/audit.ts";
import type { ActionDeps, ChangeOutcome } from "./define-action.ts";
import type { RequestRow } from "./request-row.ts";

/**
 * For a worker that comes late: it was frozen before it created the object, another one did so meanwhile, and that object is
 * gone again. What the late one made then is a second effect, and it is taken away, as the requester.
 */
export async function removeSecondObject(
  deps: Pick<ActionDeps, "store" | "engines" | "person">,
  request: RequestRow,
  outcome: ChangeOutcome,
): Promise<void> {
  if (outcome.kind !== "run-started") return;
  const { ref } = outcome;
  const run = await deps.store
    .selectFrom("runs")
    .select("uid")
    .where("request_id", "=", request.id)
    .executeTakeFirst();
  if (run === undefined || run.uid === null || ref.uid === undefined || run.uid === ref.uid) return;
  const removed = await deps.engines.get(outcome.engine)?.cancel(ref, deps.person.identity);
  await deps.store.transaction().execute((transaction) =>
    appendAudit(transaction, {
      actor: "system",
      event: "second-object-removed",
      subject: `run:${request.id}`,
      detail: { ...ref, firstUid: run.uid, outcome: removed?.kind ?? "engine-gone" },
    }),
  );
}
