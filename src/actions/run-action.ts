import { sql } from "kysely";
import { appendAudit } from "../store/audit.ts";
import { crashPoint } from "../store/crash-point.ts";
import { ClusterForbiddenError, ClusterUnavailableError } from "./cluster-ports.ts";
import type { ActionDeps, ChangeAction, ChangeOutcome } from "./define-action.ts";
import { decide, type Policy } from "./policy.ts";
import { PersonUnavailableError, type Person, type PlatformObject } from "./ports.ts";
import { changes, isChangeName, reservesGpus } from "./registry.ts";
import { removeSecondObject } from "./remove-second-object.ts";
import {
  findRequest,
  hashSpec,
  lockRequest,
  moveRequest,
  previewOf,
  type RequestRow,
} from "./request-row.ts";
import { ensureReservation } from "./ensure-reservation.ts";
import { APPROVED_BY_ANNOTATION } from "./training/object-labels.ts";
import { findViolations } from "./training/safety/find-violations.ts";

export type RunActionOutcome =
  | { kind: "run-started"; runId: string }
  /** `touchedRunId`: a run that is worth a look now. */
  | { kind: "done"; touchedRunId?: string }
  | { kind: "pipeline-started" }
  | { kind: "failed" }
  /** The cluster, or whoever knows the requester, is away: the request stays queued. */
  | { kind: "try-again"; inMs: number }
  /** Not queued (any more): nothing to do. */
  | { kind: "nothing-to-do" };

/** Waited this long for a cluster that is away, then the request fails and says so. */
const GIVE_UP_AFTER_MS = 6 * 3_600_000;
const RETRY_AFTER_MS = 5_000;

/**
 * Carries out a queued request as its requester. Safe to repeat: the object's name comes from the request, and rights
 * and spec are checked again. After it the row says what became of it.
 */
export async function runAction(
  deps: Omit<ActionDeps, "person" | "requestId"> & {
    policy: Policy;
    /** undefined: not (any longer) an active member of the workspace. */
    findPerson(slackUserId: string): Promise<Person | undefined>;
  },
  requestId: string,
): Promise<RunActionOutcome> {
  const request = await findRequest(deps.store, requestId);
  if (request?.state !== "queued" || !isChangeName(request.action)) return { kind: "nothing-to-do" };
  let person: Person | undefined;
  try {
    person = await deps.findPerson(request.requester);
  } catch (error) {
    if (error instanceof PersonUnavailableError) return { kind: "try-again", inMs: RETRY_AFTER_MS };
    throw error;
  }
  if (person === undefined) return fail(deps, request, { kind: "requester-gone" });
  const decision = decide(deps.policy, person, previewOf(request).subject);
  if (decision.kind === "denied") return fail(deps, request, { kind: "denied", denial: decision });
  const object = request.spec as PlatformObject;
  // A step was approved with its pipeline.
  const approvers = await approversOf(deps, request.parent_id ?? requestId);
  if (hashSpec(request.action, request.input, object) !== request.spec_hash)
    return fail(deps, request, { kind: "changed" });
  if (decision.approval !== undefined && approvers.length < decision.approval.quorum)
    return fail(deps, request, { kind: "approval-missing" });

  // The settings may have become stricter, and whoever wrote to the database is no one to trust with a node.
  const violations = findViolations(deps, object);
  if (violations.length > 0) return fail(deps, request, { kind: "unsafe", violations });

  if (reservesGpus(request.action) === "at-once") {
    const reserved = await ensureReservation(deps, request, person);
    if (reserved.kind === "over-limit") return fail(deps, request, reserved);
  }

  const action = changes[request.action] as unknown as ChangeAction<unknown>;
  let outcome: ChangeOutcome;
  try {
    crashPoint("CP5");
    outcome = await action.run(request.input, withApprovers(object, approvers), {
      ...deps,
      person,
      requestId,
    });
    crashPoint("CP6");
  } catch (error) {
    if (error instanceof ClusterForbiddenError) {
      const failure = { kind: "forbidden", message: error.message } as const;
      return fail(deps, request, { kind: "refused", failure });
    }
    if (!(error instanceof ClusterUnavailableError)) throw error;
    if (deps.now().getTime() - request.updated_at.getTime() > GIVE_UP_AFTER_MS)
      return fail(deps, request, { kind: "cluster-unavailable", message: error.message });
    return { kind: "try-again", inMs: error.retryAfterMs ?? RETRY_AFTER_MS };
  }
  if (outcome.kind === "refused") return fail(deps, request, { kind: "refused", failure: outcome.failure });
  const recorded = await record(deps, request, outcome, person);
  if (recorded.kind === "nothing-to-do") await removeSecondObject({ ...deps, person }, request, outcome);
  crashPoint("CP7");
  return recorded;
}

async function record(
  deps: Pick<ActionDeps, "store" | "now" | "clusters">,
  request: RequestRow,
  outcome: Exclude<ChangeOutcome, { kind: "refused" }>,
  { team }: Pick<Person, "team">,
): Promise<RunActionOutcome> {
  return deps.store.transaction().execute(async (transaction): Promise<RunActionOutcome> => {
    const locked = await lockRequest(transaction, request.id);
    if (locked?.state !== "queued") return { kind: "nothing-to-do" };
    const now = deps.now();
    if (outcome.kind === "done") {
      await moveRequest(transaction, request.id, "done", now);
      await appendAudit(transaction, {
        actor: request.requester,
        event: "action-done",
        subject: `request:${request.id}`,
        detail: { action: request.action },
      });
      const runId = (request.spec as { spec?: { runId?: string } }).spec?.runId;
      return { kind: "done", ...(runId !== undefined && { touchedRunId: runId }) };
    }
    if (outcome.kind === "pipeline-started") {
      await moveRequest(transaction, request.id, "running", now);
      return { kind: "pipeline-started" };
    }
    const { ref } = outcome;
    await transaction
      .insertInto("runs")
      .values({
        id: request.id,
        request_id: request.id,
        engine: outcome.engine,
        stage: outcome.stage,
        title: outcome.title,
        cluster: ref.cluster,
        namespace: ref.namespace,
        name: ref.name,
        uid: ref.uid ?? null,
        owner: request.requester,
        team: team ?? null,
        gpus: outcome.gpus,
        simulated: deps.clusters.get(ref.cluster)?.simulated ?? false,
        state: "queued",
        created_at: now,
      })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute();
    await moveRequest(transaction, request.id, "running", now);
    await appendAudit(transaction, {
      actor: request.requester,
      event: "run-created",
      subject: `run:${request.id}`,
      detail: { ...ref, specHash: request.spec_hash },
    });
    return { kind: "run-started", runId: request.id };
  });
}

async function fail(
  deps: Pick<ActionDeps, "store" | "now">,
  request: RequestRow,
  outcome: { kind: string; [field: string]: unknown },
): Promise<RunActionOutcome> {
  await deps.store.transaction().execute(async (transaction) => {
    const locked = await lockRequest(transaction, request.id);
    if (locked?.state !== "queued") return;
    await moveRequest(transaction, request.id, "failed", deps.now(), outcome);
    await appendAudit(transaction, {
      actor: request.requester,
      event: "action-failed",
      subject: `request:${request.id}`,
      detail: outcome,
    });
  });
  return { kind: "failed" };
}

/** A job that took its worker down each time: the request ends, and its messages say so. */
export async function parkRequest(
  deps: Pick<ActionDeps, "store" | "now">,
  requestId: string,
  error: string,
): Promise<void> {
  await deps.store.transaction().execute(async (transaction) => {
    const locked = await lockRequest(transaction, requestId);
    if (locked?.state !== "queued") return;
    await moveRequest(transaction, requestId, "parked", deps.now(), {
      kind: "parked",
      error: error.slice(0, 500),
    });
    await appendAudit(transaction, {
      actor: "system",
      event: "request-parked",
      subject: `request:${requestId}`,
      detail: { error: error.slice(0, 500) },
    });
  });
}

async function approversOf(deps: Pick<ActionDeps, "store">, requestId: string): Promise<readonly string[]> {
  const rows = await deps.store
    .selectFrom("votes")
    .innerJoin("approvals", "approvals.id", "votes.approval_id")
    .select("votes.voter")
    .where("approvals.request_id", "=", requestId)
    .where("approvals.state", "=", "approved")
    .where("votes.decision", "=", "approve")
    .orderBy(sql`votes.created_at`)
    .execute();
  return rows.map((row) => row.voter);
}

function withApprovers(object: PlatformObject, approvers: readonly string[]): PlatformObject {
  if (approvers.length === 0) return object;
  const annotations = { ...object.metadata.annotations, [APPROVED_BY_ANNOTATION]: approvers.join(",") };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
