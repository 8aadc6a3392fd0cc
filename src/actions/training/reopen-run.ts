import { sql } from "kysely";
import { appendAudit } from "../../store/audit.ts";
import type { ActionDeps } from "../define-action.ts";
import { lockRequest, moveRequest } from "../request-row.ts";
import { reopenReservation } from "../reservations.ts";

/** A run whose platform continues it after its end is followed again. Nothing happens to one that is open. */
export async function reopenRun(
  deps: Pick<ActionDeps, "store" | "now" | "person">,
  runId: string,
): Promise<void> {
  await deps.store.transaction().execute(async (transaction) => {
    const request = await transaction
      .selectFrom("runs")
      .select("request_id")
      .where("id", "=", runId)
      .executeTakeFirst();
    if (request === undefined) return;
    await lockRequest(transaction, request.request_id);
    const reopened = await transaction
      .updateTable("runs")
      .set({
        state: "queued",
        attempt: sql<number>`attempt + 1`,
        progress: null,
        reason: null,
        detail: JSON.stringify({}),
        started_at: null,
        ended_at: null,
        cancel_requested_by: null,
        cancel_requested_at: null,
      })
      .where("id", "=", runId)
      .where("ended_at", "is not", null)
      .returning("attempt")
      .executeTakeFirst();
    if (reopened === undefined) return;
    await moveRequest(transaction, request.request_id, "running", deps.now(), null);
    // Until now the request that continues it has held its place.
    await reopenReservation(transaction, request.request_id);
    await appendAudit(transaction, {
      actor: deps.person.slackUserId,
      event: "run-reopened",
      subject: `run:${runId}`,
      detail: { attempt: reopened.attempt },
    });
  });
}
