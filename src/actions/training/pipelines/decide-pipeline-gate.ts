import { appendAudit } from "../../../store/audit.ts";
import { decide } from "../../policy.ts";
import type { Person, PolicySubject } from "../../ports.ts";
import type { Denial } from "../../request-action.ts";
import { lockRequest } from "../../request-row.ts";
import type { AdvanceDeps, PipelineProgress } from "./advance-pipeline.ts";
import { pipelineSpecOf } from "./pipeline.ts";

export type GateOutcome =
  | { kind: "decided" }
  | { kind: "denied"; denial: Denial; subject: PolicySubject }
  /** Only whose start it is may start or drop it. */
  | { kind: "not-yours" }
  /** Somebody was first, or it waits elsewhere by now. */
  | { kind: "not-waiting" };

/** Lets a pipeline that waits go on to a step, or ends it there. The first decision counts. */
export async function decidePipelineGate(
  deps: Pick<AdvanceDeps, "store" | "policy" | "now">,
  person: Person,
  { requestId, step, decision }: { requestId: string; step: number; decision: "approve" | "reject" },
): Promise<GateOutcome> {
  return deps.store.transaction().execute(async (transaction): Promise<GateOutcome> => {
    const request = await lockRequest(transaction, requestId);
    const progress = request?.outcome as PipelineProgress | null | undefined;
    const isHeld = progress?.hold !== undefined && step === 0;
    if (request?.state !== "running" || !(isHeld || progress?.gate === step)) return { kind: "not-waiting" };
    if (isHeld && request.requester !== person.slackUserId) return { kind: "not-yours" };
    const planned = pipelineSpecOf(request.spec).steps[step]?.planned.subject;
    const subject: PolicySubject = { ...planned, action: "train-gate", owner: request.requester };
    const decided = decide(deps.policy, person, subject);
    const audit = (event: string, detail: Record<string, unknown>) =>
      appendAudit(transaction, { actor: person.slackUserId, event, subject: `request:${requestId}`, detail });
    // Whose start it is need not be let through: it was planned, and approved where that was needed.
    if (decided.kind === "denied" && !isHeld) {
      await audit("action-denied", { ...subject, cause: decided.cause, rule: decided.rule ?? null });
      return { kind: "denied", denial: decided, subject };
    }
    const inserted = await transaction
      .insertInto("pipeline_gates")
      .values({
        request_id: requestId,
        step,
        decision,
        decided_by: person.slackUserId,
        decided_at: deps.now(),
      })
      .onConflict((conflict) => conflict.columns(["request_id", "step"]).doNothing())
      .returning("step")
      .executeTakeFirst();
    if (inserted === undefined) return { kind: "not-waiting" };
    await audit(isHeld ? "hold-decided" : "pipeline-gate", { step, decision });
    return { kind: "decided" };
  });
}
