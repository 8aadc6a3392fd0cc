import { appendAudit } from "../store/audit.ts";
import type { Store } from "../store/database.ts";
import { decide, type Policy } from "./policy.ts";
import type { Person, PolicySubject, Preview } from "./ports.ts";
import type { Denial } from "./request-action.ts";
import { lockRequest, moveRequest, previewOf, runIdOf, type RequestRow } from "./request-row.ts";
import { reservesGpus } from "./registry.ts";
import { checkPossible, takeReservation } from "./reservations.ts";
import type { LimitUse } from "./limits.ts";

export type StartOutcome =
  | { kind: "queued"; request: RequestRow }
  | { kind: "needs-approval"; request: RequestRow; expiresAt: Date }
  | { kind: "denied"; denial: Denial; subject: PolicySubject }
  /** Nothing has changed: it can be pressed again once something has ended. */
  | { kind: "over-limit"; over: LimitUse }
  /** Pressed before, here or elsewhere; `request` says where it is now. */
  | { kind: "already-started"; request: RequestRow }
  | { kind: "not-yours" }
  | { kind: "discarded"; request: RequestRow }
  | { kind: "outdated" }
  | { kind: "not-found" };

/** A preview older than this shows a state of the world that is gone. */
const PREVIEW_VALID_MS = 3_600_000;

/** Steps wait for room one by one, and may be spread over weeks. */
function largestStepOf(preview: Preview): Preview {
  const gpus = Math.max(0, ...(preview.steps ?? []).map((step) => step.gpus));
  return { ...preview, gpus, gpuHours: 0 };
}

/** The preview's button: makes it a request, or starts it where the policy allows that without others. */
export async function startRequest(
  deps: { store: Store; policy: Policy; now(): Date },
  requestId: string,
  person: Person,
  choice: "start" | "discard",
): Promise<StartOutcome> {
  return deps.store.transaction().execute(async (transaction): Promise<StartOutcome> => {
    const request = await lockRequest(transaction, requestId);
    if (request === undefined) return { kind: "not-found" };
    const audit = (event: string, detail: Record<string, unknown> = {}) =>
      appendAudit(transaction, { actor: person.slackUserId, event, subject: `request:${requestId}`, detail });
    if (request.requester !== person.slackUserId) {
      await audit("request-start-refused", { cause: "not-yours" });
      return { kind: "not-yours" };
    }
    if (request.state === "cancelled") return { kind: "discarded", request };
    if (request.state !== "previewed") return { kind: "already-started", request };
    const now = deps.now();
    if (choice === "discard") {
      await moveRequest(transaction, requestId, "cancelled", now);
      // Nobody but the asker has seen it: there is nothing to redraw.
      await transaction
        .updateTable("requests")
        .set((row) => ({ drawn_version: row.ref("version") }))
        .where("id", "=", requestId)
        .execute();
      await audit("request-discarded");
      return { kind: "discarded", request: { ...request, state: "cancelled" } };
    }
    if (now.getTime() - request.created_at.getTime() > PREVIEW_VALID_MS) {
      await audit("request-start-refused", { cause: "outdated" });
      return { kind: "outdated" };
    }
    const preview = previewOf(request);
    const subject = preview.subject;
    const decision = decide(deps.policy, person, subject);
    if (decision.kind === "denied") {
      await audit("action-denied", { ...subject, cause: decision.cause, rule: decision.rule ?? null });
      return { kind: "denied", denial: decision, subject };
    }
    // The policy may have changed since the preview: what it asks now counts.
    const need = decision.approval ?? (preview.approval.kind === "needed" ? preview.approval : undefined);
    const { limits = [] } = deps.policy;
    const reserves = reservesGpus(request.action);
    if (reserves !== undefined) {
      const wanted = reserves === "at-once" ? preview : largestStepOf(preview);
      const asked = { limits, requester: person, wanted, now };
      // Where it is taken later, it only has to be possible at all.
      const outcome =
        need === undefined && reserves === "at-once"
          ? await takeReservation(transaction, { ...asked, requestId, continues: runIdOf(request) })
          : await checkPossible(transaction, asked);
      if (outcome.kind === "over-limit") {
        await audit("request-start-refused", { cause: "over-limit", ...outcome.over });
        return outcome;
      }
    }
    if (need === undefined) {
      await moveRequest(transaction, requestId, "queued", now);
      await audit("request-queued", { specHash: request.spec_hash, rule: decision.rule });
      return { kind: "queued", request: { ...request, state: "queued" } };
    }
    const expiresAt = new Date(now.getTime() + need.expiresInMs);
    await transaction
      .insertInto("approvals")
      .values({
        id: requestId,
        request_id: requestId,
        spec_hash: request.spec_hash,
        quorum: need.quorum,
        approvers: JSON.stringify(need.approvers),
        expires_at: expiresAt,
      })
      .execute();
    await moveRequest(transaction, requestId, "needs-approval", now);
    await audit("approval-asked", {
      specHash: request.spec_hash,
      quorum: need.quorum,
      approvers: need.approvers,
      rule: need.rule,
    });
    return { kind: "needs-approval", request: { ...request, state: "needs-approval" }, expiresAt };
  });
}
