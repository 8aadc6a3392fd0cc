import type { Store } from "../store/database.ts";
import type { Policy } from "./policy.ts";
import type { Person } from "./ports.ts";
import { lockRequest, previewOf, runIdOf, type RequestRow } from "./request-row.ts";
import { isHeld, takeReservation, type ReserveOutcome } from "./reservations.ts";

/** Right before it is carried out: nothing is created that holds no place in the limits, whoever queued it and when. */
export async function ensureReservation(
  deps: { store: Store; policy: Policy; now(): Date },
  request: RequestRow,
  requester: Pick<Person, "slackUserId" | "email" | "roles">,
): Promise<ReserveOutcome> {
  return deps.store.transaction().execute(async (transaction): Promise<ReserveOutcome> => {
    const locked = await lockRequest(transaction, request.id);
    // One that has ended meanwhile makes nothing: that is found out when it is written down.
    if (locked?.state !== "queued" || (await isHeld(transaction, request.id))) return { kind: "reserved" };
    return takeReservation(transaction, {
      limits: deps.policy.limits ?? [],
      requestId: request.id,
      requester,
      continues: runIdOf(request),
      wanted: previewOf(request),
      now: deps.now(),
    });
  });
}
