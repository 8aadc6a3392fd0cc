import { appendAudit } from "../store/audit.ts";
import type { Locale } from "../store/database.ts";
import type { ActionDeps, ChangeAction, PlanDeps, ReadAction } from "./define-action.ts";
import { decide, type Decision, type Policy } from "./policy.ts";
import type { FieldProblem, Person, PolicySubject, Preview } from "./ports.ts";
import {
  changes,
  reads,
  type ChangeInput,
  type ChangeName,
  type ReadInput,
  type ReadName,
  type ReadOutput,
} from "./registry.ts";
import { findRequest, hashSpec, previewOf, type RequestRow } from "./request-row.ts";
import { measureLimits } from "./reservations.ts";
import type { SafetyViolation } from "./training/safety/check-object-safety.ts";
import { findViolations } from "./training/safety/find-violations.ts";

export type Denial = Extract<Decision, { kind: "denied" }>;

export type RequestOutcome =
  | { kind: "invalid-input"; problems: readonly FieldProblem[] }
  | { kind: "denied"; denial: Denial; subject: PolicySubject }
  /** The object would contain what the settings do not allow. */
  | { kind: "unsafe"; violations: readonly SafetyViolation[] }
  | { kind: "previewed"; request: RequestRow; preview: Preview };

export type ReadOutcome<Name extends ReadName> =
  | { kind: "invalid-input"; problems: readonly FieldProblem[] }
  | { kind: "denied"; denial: Denial; subject: PolicySubject }
  | { kind: "answered"; output: ReadOutput<Name> };

/** Where a request was made; its messages go there. */
export interface Place {
  channel: string;
  threadTs?: string;
}

/** Plans a change and stores it as a preview: nothing is started. The same id again gives the same preview. */
export async function requestAction<Name extends ChangeName>(
  deps: ActionDeps & { policy: Policy },
  name: Name,
  input: ChangeInput<Name>,
  place: Place & { locale: Locale },
): Promise<RequestOutcome> {
  const known = await findRequest(deps.store, deps.requestId);
  if (known !== undefined) return { kind: "previewed", request: known, preview: previewOf(known) };
  const action = changes[name] as unknown as ChangeAction<ChangeInput<Name>>;
  const subject = { action: name };
  const anything = decideAnyhow(deps.policy, deps.person, subject);
  if (anything !== undefined) return deny(deps, anything, subject);
  const planned = await action.plan(input, planDeps(deps));
  if (!planned.ok) return { kind: "invalid-input", problems: planned.failure };
  const { object, subject: full, preview: parts } = planned.value;
  const decision = decide(deps.policy, deps.person, full);
  if (decision.kind === "denied") return deny(deps, decision, full);
  const violations = findViolations(deps, object);
  if (violations.length > 0) {
    await deps.store.transaction().execute((transaction) =>
      appendAudit(transaction, {
        actor: deps.person.slackUserId,
        event: "action-unsafe",
        subject: `action:${name}`,
        detail: { input, violations },
      }),
    );
    return { kind: "unsafe", violations };
  }
  const limits =
    action.reservesGpus !== undefined
      ? await measureLimits(deps.store, {
          limits: deps.policy.limits ?? [],
          requester: deps.person,
          wanted: parts,
          now: deps.now(),
        })
      : [];
  const preview: Preview = {
    ...parts,
    ...(limits.length > 0 && { limits }),
    object,
    subject: full,
    approval:
      decision.approval === undefined ? { kind: "not-needed" } : { ...decision.approval, kind: "needed" },
  };
  const row = await deps.store.transaction().execute(async (transaction) => {
    const inserted = await transaction
      .insertInto("requests")
      .values({
        id: deps.requestId,
        action: name,
        input: JSON.stringify(input),
        spec: JSON.stringify(object),
        spec_hash: hashSpec(name, input, object),
        preview: JSON.stringify(preview),
        state: "previewed",
        requester: deps.person.slackUserId,
        requester_name: deps.person.name,
        locale: place.locale,
        channel: place.channel,
        thread_ts: place.threadTs ?? null,
        created_at: deps.now(),
        updated_at: deps.now(),
        // A preview is shown directly to its asker; it is drawn from the row only once it has become a request.
        drawn_version: 1,
      })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .returningAll()
      .executeTakeFirst();
    if (inserted === undefined) return undefined;
    await appendAudit(transaction, {
      actor: deps.person.slackUserId,
      event: "request-previewed",
      subject: `request:${deps.requestId}`,
      detail: { action: name, input, specHash: inserted.spec_hash, rule: decision.rule },
    });
    return inserted;
  });
  const request = row ?? (await findRequest(deps.store, deps.requestId));
  if (request === undefined) throw new Error(`request ${deps.requestId} vanished`);
  return { kind: "previewed", request, preview: previewOf(request) };
}

/** Looks something up for a person: policy, audit, answer. */
export async function performRead<Name extends ReadName>(
  deps: ActionDeps & { policy: Policy },
  name: Name,
  input: ReadInput<Name>,
): Promise<ReadOutcome<Name>> {
  const subject = { action: name };
  const anything = decideAnyhow(deps.policy, deps.person, subject);
  if (anything !== undefined) return deny(deps, anything, subject);
  const action = reads[name] as unknown as ReadAction<ReadInput<Name>, ReadOutput<Name>>;
  const answer = await action.read(input, planDeps(deps));
  if (!answer.ok) return { kind: "invalid-input", problems: answer.failure };
  await deps.store.transaction().execute((transaction) =>
    appendAudit(transaction, {
      actor: deps.person.slackUserId,
      event: "action-read",
      subject: `action:${name}`,
      detail: { input },
    }),
  );
  return { kind: "answered", output: answer.value };
}

function planDeps(deps: ActionDeps & { policy: Policy }): PlanDeps {
  const may = (subject: PolicySubject) => decide(deps.policy, deps.person, subject).kind === "allowed";
  return { ...deps, may };
}

/** Who may not do this whatever the details are need not wait for a plan, nor learn what exists. */
function decideAnyhow(policy: Policy, person: Person, subject: PolicySubject): Denial | undefined {
  if (person.roles.length === 0) return { kind: "denied", cause: "no-role" };
  const mentioned = policy.rules.some(
    (rule) =>
      rule.effect === "allow" &&
      (rule.roles === undefined || rule.roles.some((role) => person.roles.includes(role))) &&
      rule.actions.some((pattern) =>
        pattern.endsWith("*") ? subject.action.startsWith(pattern.slice(0, -1)) : pattern === subject.action,
      ),
  );
  return mentioned ? undefined : { kind: "denied", cause: "no-rule" };
}

async function deny(
  deps: ActionDeps,
  denial: Denial,
  subject: PolicySubject,
): Promise<{ kind: "denied"; denial: Denial; subject: PolicySubject }> {
  await deps.store.transaction().execute((transaction) =>
    appendAudit(transaction, {
      actor: deps.person.slackUserId,
      event: "action-denied",
      subject: `action:${subject.action}`,
      detail: { ...subject, cause: denial.cause, rule: denial.rule ?? null },
    }),
  );
  return { kind: "denied", denial, subject };
}
