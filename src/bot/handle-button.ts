import type { DecideOutcome } from "../actions/decide-approval.ts";
import type { StartOutcome } from "../actions/start-request.ts";
import { escapeMrkdwn } from "./escape.ts";
import { deniedView, read } from "./handle-command.ts";
import { said, type HandlingContext } from "./bot-deps.ts";
import type { MessageView } from "./views/message.ts";
import { runLogs } from "./views/run-list.ts";

/** A pressed button. Its value is an id and nothing else: who may do what is looked up. No click stays without an answer. */
export async function handleButton(context: HandlingContext): Promise<void> {
  const { deps, delivery, person, texts } = context;
  const value = delivery.value ?? "";
  switch (delivery.actionId ?? "") {
    case "request.start":
    case "request.discard": {
      const choice = delivery.actionId === "request.start" ? "start" : "discard";
      const outcome = await deps.actions.start(value, person, choice);
      await ring(context, value, outcome);
      return deps.reply.replace(delivery, startView(context, outcome));
    }
    case "approval.approve":
    case "approval.reject": {
      const decision = delivery.actionId === "approval.approve" ? "approve" : "reject";
      const outcome = await deps.actions.decide(value, person, decision);
      if (outcome.kind === "approved") await deps.enqueue("run-action", { requestId: value });
      if (["approved", "rejected", "recorded", "expired", "changed"].includes(outcome.kind))
        await deps.enqueue("draw-request", { requestId: value });
      const view = decisionView(context, outcome);
      return view === undefined ? undefined : deps.reply.privately(delivery, view);
    }
    case "run.logs":
      return read(context, "train-logs", { run: value, lines: 40 }, ({ run, lines }) =>
        runLogs(run, lines, texts),
      );
    case "run.cancel":
      return cancelRun(context, value);
    case "answer.helpful":
    case "answer.not-helpful":
      return keepFeedback(context, value, delivery.actionId === "answer.helpful" ? "helpful" : "not-helpful");
    default:
      return deps.reply.privately(delivery, said(texts.oldButton));
  }
}

async function ring({ deps }: HandlingContext, requestId: string, outcome: StartOutcome): Promise<void> {
  if (outcome.kind === "queued") await deps.enqueue("run-action", { requestId });
  if (outcome.kind === "queued" || outcome.kind === "needs-approval")
    await deps.enqueue("draw-request", { requestId });
}

function startView({ person, texts }: HandlingContext, outcome: StartOutcome): MessageView {
  switch (outcome.kind) {
    case "queued":
      return said(outcome.request.action === "train-cancel" ? texts.cancelSent : texts.startedNow);
    case "needs-approval":
      return said(texts.sentForApproval);
    case "discarded":
      return said(texts.discarded);
    case "denied":
      return deniedView(outcome.denial, outcome.subject.action, person, texts);
    case "already-started":
      return said(texts.alreadyStarted(texts.requestState(outcome.request.state)));
    case "not-yours":
      return said(texts.notYours);
    case "outdated":
      return said(texts.outdated);
    case "not-found":
      return said(texts.oldButton);
  }
  return outcome satisfies never;
}

/** What the message itself does not show. */
function decisionView({ texts }: HandlingContext, outcome: DecideOutcome): MessageView | undefined {
  const named = (names: readonly string[]) => names.map(escapeMrkdwn).join(", ");
  switch (outcome.kind) {
    case "approved":
    case "rejected":
      return undefined;
    case "recorded":
      return said(texts.voteRecorded(outcome.approvals, outcome.quorum));
    case "refused":
      return said(
        outcome.cause === "own-request"
          ? texts.voteOwn(named(outcome.approvers))
          : texts.voteNotApprover(named(outcome.approvers)),
      );
    case "already-voted":
      return said(texts.voteTwice);
    case "already-decided":
      return said(texts.voteLate(outcome.state, outcome.deciders.map((id) => `<@${id}>`).join(", ")));
    case "expired":
      return said(texts.voteExpired);
    case "changed":
      return said(texts.voteVoid);
    case "not-found":
      return said(texts.oldButton);
  }
  return outcome satisfies never;
}

/** The button asked back already, naming the run and the consequence: the request starts at once. */
async function cancelRun(context: HandlingContext, runId: string): Promise<void> {
  const { deps, delivery, person, id, texts } = context;
  const place = {
    channel: delivery.channel,
    locale: person.locale,
    ...((delivery.threadTs ?? delivery.ts) !== undefined && {
      threadTs: delivery.threadTs ?? delivery.ts ?? "",
    }),
  };
  const outcome = await deps.actions.request(id, person, "train-cancel", { run: runId }, place);
  switch (outcome.kind) {
    case "invalid-input":
      return deps.reply.privately(
        delivery,
        said(outcome.problems.map((problem) => texts.problem(problem)).join("\n")),
      );
    case "denied":
      return deps.reply.privately(
        delivery,
        deniedView(outcome.denial, outcome.subject.action, person, texts),
      );
    case "previewed": {
      const started = await deps.actions.start(id, person, "start");
      await ring(context, id, started);
      return deps.reply.privately(delivery, startView(context, started));
    }
  }
  return outcome satisfies never;
}

async function keepFeedback(
  { deps, delivery, person, texts }: HandlingContext,
  answerId: string,
  verdict: "helpful" | "not-helpful",
): Promise<void> {
  const answer = await deps.store
    .selectFrom("answers")
    .select("id")
    .where("id", "=", answerId)
    .executeTakeFirst();
  if (answer === undefined) return deps.reply.privately(delivery, said(texts.oldButton));
  await deps.store
    .insertInto("feedback")
    .values({ answer_id: answerId, person: person.slackUserId, verdict })
    .onConflict((conflict) => conflict.columns(["answer_id", "person"]).doUpdateSet({ verdict }))
    .execute();
  return deps.reply.privately(delivery, said(texts.thanks));
}
