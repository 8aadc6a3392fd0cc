import { appendAudit } from "../store/audit.ts";
import type { Store } from "../store/database.ts";
import type { LimitUse } from "./limits.ts";
import { isApprover, type Policy } from "./policy.ts";
import type { Person } from "./ports.ts";
import { reservesGpus } from "./registry.ts";
import {
  findRequest,
  hashSpec,
  lockRequest,
  moveRequest,
  previewOf,
  runIdOf,
  type RequestRow,
} from "./request-row.ts";
import { takeReservation } from "./reservations.ts";

export type DecideOutcome =
  | { kind: "recorded"; approvals: number; quorum: number }
  | { kind: "approved"; request: RequestRow }
  | { kind: "rejected"; request: RequestRow }
  | { kind: "refused"; cause: "own-request" | "not-an-approver"; approvers: readonly string[] }
  | { kind: "already-voted" }
  | { kind: "already-decided"; state: string; deciders: readonly string[] }
  | { kind: "expired" }
  /** The vote is not counted and the approval stays open: it can be given once something has ended. */
  | { kind: "over-limit"; over: LimitUse }
  /** The stored object no longer is what was shown: the approval is void. */
  | { kind: "changed" }
  | { kind: "not-found" };

/** One click of Approve or Reject. The row is locked, so of two clicks one comes second and is told so. */
export async function decideApproval(
  deps: {
    store: Store;
    policy: Policy;
    now(): Date;
    /** undefined: not (any longer) an active member of the workspace. */
    findPerson(slackUserId: string): Promise<Person | undefined>;
  },
  requestId: string,
  person: Person,
  decision: "approve" | "reject",
): Promise<DecideOutcome> {
  // Before the row is locked: Slack may have to be asked.
  const requester = decision === "approve" ? await findRequester(deps, requestId) : undefined;
  return deps.store.transaction().execute(async (transaction): Promise<DecideOutcome> => {
    const request = await lockRequest(transaction, requestId);
    const approval = await transaction
      .selectFrom("approvals")
      .selectAll()
      .where("request_id", "=", requestId)
      .executeTakeFirst();
    if (request === undefined || approval === undefined) return { kind: "not-found" };
    const now = deps.now();
    const audit = (event: string, detail: Record<string, unknown> = {}) =>
      appendAudit(transaction, { actor: person.slackUserId, event, subject: `request:${requestId}`, detail });
    const close = async (state: "approved" | "rejected" | "expired" | "void") => {
      await transaction
        .updateTable("approvals")
        .set({ state, decided_at: now })
        .where("id", "=", approval.id)
        .execute();
    };
    const votes = () =>
      transaction
        .selectFrom("votes")
        .selectAll()
        .where("approval_id", "=", approval.id)
        .orderBy("created_at")
        .execute();

    if (approval.state !== "open") {
      await audit("vote-refused", { cause: "already-decided", decision });
      return {
        kind: "already-decided",
        state: approval.state,
        deciders: (await votes()).map((vote) => vote.voter),
      };
    }
    if (person.slackUserId === request.requester) {
      await audit("vote-refused", { cause: "own-request", decision });
      return { kind: "refused", cause: "own-request", approvers: approval.approvers };
    }
    if (!isApprover(approval.approvers, person)) {
      await audit("vote-refused", { cause: "not-an-approver", decision });
      return { kind: "refused", cause: "not-an-approver", approvers: approval.approvers };
    }
    if (approval.expires_at.getTime() <= now.getTime()) {
      await close("expired");
      await moveRequest(transaction, requestId, "expired", now);
      await audit("vote-refused", { cause: "expired", decision });
      return { kind: "expired" };
    }
    const hash = hashSpec(request.action, request.input, request.spec as Parameters<typeof hashSpec>[2]);
    if (hash !== approval.spec_hash || request.spec_hash !== approval.spec_hash) {
      await close("void");
      await moveRequest(transaction, requestId, "rejected", now, { kind: "changed" });
      await audit("vote-refused", { cause: "changed", decision });
      return { kind: "changed" };
    }
    const vote = await transaction
      .insertInto("votes")
      .values({ approval_id: approval.id, voter: person.slackUserId, voter_name: person.name, decision })
      .onConflict((conflict) => conflict.columns(["approval_id", "voter"]).doNothing())
      .executeTakeFirst();
    if (vote.numInsertedOrUpdatedRows !== 1n) return { kind: "already-voted" };
    if (decision === "reject") {
      await close("rejected");
      await moveRequest(transaction, requestId, "rejected", now, {
        kind: "rejected",
        by: person.slackUserId,
      });
      await audit("request-rejected", { specHash: approval.spec_hash });
      return { kind: "rejected", request: { ...request, state: "rejected" } };
    }
    const approvals = (await votes()).filter((row) => row.decision === "approve").length;
    if (approvals >= approval.quorum && requester !== undefined) {
      const reserved = await takeReservation(transaction, {
        limits: deps.policy.limits ?? [],
        requestId,
        requester,
        continues: runIdOf(request),
        wanted: previewOf(request),
        now,
      });
      if (reserved.kind === "over-limit") {
        await transaction
          .deleteFrom("votes")
          .where("approval_id", "=", approval.id)
          .where("voter", "=", person.slackUserId)
          .execute();
        await moveRequest(transaction, requestId, "needs-approval", now, reserved);
        await audit("vote-refused", { cause: "over-limit", decision, ...reserved.over });
        return reserved;
      }
    }
    if (approvals < approval.quorum) {
      await moveRequest(transaction, requestId, "needs-approval", now);
      await audit("vote-recorded", { specHash: approval.spec_hash, approvals, quorum: approval.quorum });
      return { kind: "recorded", approvals, quorum: approval.quorum };
    }
    await close("approved");
    await moveRequest(transaction, requestId, "queued", now, null);
    await audit("request-approved", { specHash: approval.spec_hash, approvals });
    return { kind: "approved", request: { ...request, state: "queued" } };
  });
}

/** Whose limits count. Undefined: nothing is reserved, or they are gone, which carrying it out will find. */
async function findRequester(
  deps: Parameters<typeof decideApproval>[0],
  requestId: string,
): Promise<Pick<Person, "slackUserId" | "email" | "roles"> | undefined> {
  const request = await findRequest(deps.store, requestId);
  if (request === undefined || reservesGpus(request.action) !== "at-once") return undefined;
  // Without limits an approval needs no answer of Slack.
  if ((deps.policy.limits ?? []).length === 0) return { slackUserId: request.requester, roles: [] };
  return deps.findPerson(request.requester);
}

/** Closes approvals whose time has run out. Returns the requests, to be redrawn. */
export async function expireApprovals(deps: { store: Store; now(): Date }): Promise<readonly string[]> {
  const due = await deps.store
    .selectFrom("approvals")
    .select("request_id")
    .where("state", "=", "open")
    .where("expires_at", "<=", deps.now())
    .limit(100)
    .execute();
  const closed: string[] = [];
  for (const { request_id: requestId } of due) {
    await deps.store.transaction().execute(async (transaction) => {
      const request = await lockRequest(transaction, requestId);
      if (request?.state !== "needs-approval") return;
      await transaction
        .updateTable("approvals")
        .set({ state: "expired", decided_at: deps.now() })
        .where("request_id", "=", requestId)
        .execute();
      await moveRequest(transaction, requestId, "expired", deps.now());
      await appendAudit(transaction, {
        actor: "system",
        event: "approval-expired",
        subject: `request:${requestId}`,
        detail: {},
      });
      closed.push(requestId);
    });
  }
  return closed;
}
