import type { DecideOutcome } from "../actions/decide-approval.ts";
import { changeWaiting } from "./change-waiting.ts";
import { voteForModel } from "./answers/compare-models.ts";
import { escapeMrkdwn } from "./escape.ts";
import { deniedView } from "./denied-view.ts";
import { explainAnswer } from "./answers/explain-answer.ts";
import { keepFeedback } from "./answers/keep-feedback.ts";
import { decideSuggestion } from "./answers/keep-terms.ts";
import { previewProposal } from "./answers/preview-proposal.ts";
import { read } from "./read.ts";
import { shareAnswer } from "./answers/share-answer.ts";
import { stopFollowing } from "./start-following.ts";
import { stopAnswer } from "./answers/stop-answer.ts";
import { repeatRun, requestChange, requestChangeAtOnce, ringStarted, startView } from "./request-change.ts";
import { said, type HandlingContext } from "./bot-deps.ts";
import { overLimitText } from "./views/limit-lines.ts";
import type { MessageView } from "./views/message.ts";

/** A pressed button. Its value is an id and nothing else: who may do what is looked up. No click stays without an answer. */
export async function handleButton(context: HandlingContext): Promise<void> {
  const { deps, delivery, person, texts } = context;
  const value = delivery.value ?? "";
  switch (delivery.actionId ?? "") {
    case "request.start":
    case "request.discard": {
      const choice = delivery.actionId === "request.start" ? "start" : "discard";
      const outcome = await deps.actions.start(value, person, choice);
      await ringStarted(context, value, outcome);
      return deps.reply.replace(delivery, startView(context, value, outcome));
    }
    case "approval.approve":
    case "approval.reject": {
      const decision = delivery.actionId === "approval.approve" ? "approve" : "reject";
      const outcome = await deps.actions.decide(value, person, decision);
      if (outcome.kind === "approved") await deps.enqueue("run-action", { requestId: value });
      if (["approved", "rejected", "recorded", "expired", "changed", "over-limit"].includes(outcome.kind))
        await deps.enqueue("draw-request", { requestId: value });
      const view = decisionView(context, outcome);
      return view === undefined ? undefined : deps.reply.privately(delivery, view);
    }
    case "run.logs":
      return read(context, "train-logs", { run: value, lines: 40 });
    case "follow.stop":
      return stopFollowing(context, value);
    case "run.chart":
      return read(context, "train-chart", { run: value });
    case "run.suspend":
      return requestChange(context, "train-suspend", { run: value });
    case "run.resume":
      return requestChangeAtOnce(context, "train-resume", { run: value });
    case "run.cancel-preview":
      return requestChange(context, "train-cancel", { run: value });
    case "run.again":
      return repeatRun(context, { run: value, parameters: {} });
    case "pipeline.approve":
    case "pipeline.reject": {
      const [requestId = "", step = ""] = value.split(" ");
      const decision = delivery.actionId === "pipeline.approve" ? "approve" : "reject";
      const outcome = await deps.actions.decideGate(person, { requestId, step: Number(step), decision });
      if (outcome.kind === "denied")
        return deps.reply.privately(
          delivery,
          deniedView(outcome.denial, outcome.subject.action, person, texts),
        );
      if (outcome.kind === "not-yours") return deps.reply.privately(delivery, said(texts.notYours));
      if (outcome.kind === "decided") await deps.enqueue("advance-pipeline", { requestId });
      const text = outcome.kind === "decided" ? texts.runs.gateDecided : texts.runs.gateLate;
      return deps.reply.privately(delivery, said(text));
    }
    case "run.best":
      return repeatRun(context, { run: value, parameters: {}, withBest: true });
    case "run.continue":
      return requestChange(context, "train-retry", { run: value });
    case "run.remedy":
      return repeatRun(context, { run: value, parameters: {}, withRemedy: true });
    case "gate.approve":
    case "gate.reject": {
      const [run = "", gate = ""] = value.split(" ");
      const decision = delivery.actionId === "gate.approve" ? "approve" : "reject";
      return requestChangeAtOnce(context, "train-gate", { run, gate, decision });
    }
    case "run.why":
      return read(context, "train-why", { run: value });
    case "waiting.fewer-gpus":
      return changeWaiting(context, value, "fewer-gpus");
    case "waiting.other-type":
      return changeWaiting(context, value, "other-type");
    case "waiting.other-queue":
      return changeWaiting(context, value, "other-queue");
    case "run.cancel":
      return requestChangeAtOnce(context, "train-cancel", { run: value });
    case "answer.stop":
      return stopAnswer(context, value);
    case "answer.share":
      return shareAnswer(context, value);
    case "answer.why":
      return explainAnswer(context, value);
    case "answer.helpful":
    case "answer.not-helpful":
      return keepFeedback(context, value, {
        verdict: delivery.actionId === "answer.helpful" ? "helpful" : "not-helpful",
      });
    case "proposal.preview":
      return previewProposal(context, value);
    case "comparison.first":
    case "comparison.second":
      return voteForModel(context, value, delivery.actionId === "comparison.first" ? "first" : "second");
    case "term.accept":
    case "term.dismiss":
      return decideSuggestion(context, value, delivery.actionId === "term.accept" ? "used" : "dismissed");
    default:
      return deps.reply.privately(delivery, said(texts.oldButton));
  }
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
    case "over-limit":
      return said(`${overLimitText(outcome.over, texts)} ${texts.limits.approveLater}`);
    case "changed":
      return said(texts.voteVoid);
    case "not-found":
      return said(texts.oldButton);
  }
  return outcome satisfies never;
}
