import { previewOf, type ApprovalRow, type RequestRow } from "../../actions/request-row.ts";
import { OWNER_GONE } from "../../actions/observe-run.ts";
import type { LimitUse } from "../../actions/limits.ts";
import type { SafetyViolation } from "../../actions/training/safety/check-object-safety.ts";
import type { Denial } from "../../actions/request-action.ts";
import type { ChangeFailure } from "../../actions/define-action.ts";
import type { RunRow } from "../../actions/training/find-run.ts";
import type { Locale } from "../../store/database.ts";
import { code, escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, button, context, section, type MessageView } from "./message.ts";
import { overLimitText } from "./limit-lines.ts";
import { unsafeText } from "./unsafe-text.ts";
import { gpuHoursAndCost } from "./outlook-lines.ts";
import { factsOf, refusalText } from "./preview-card.ts";
import { runButtons } from "./run-buttons.ts";
import { detailOf, failureParts, runParts, pipelineLine, pipelineParts } from "./run-parts.ts";
import { runLine } from "./run-line.ts";
import { signOf } from "./state-sign.ts";
import { waitingLine } from "./waiting-line.ts";

export interface RequestFacts {
  request: RequestRow;
  approval: ApprovalRow | undefined;
  /** Whose decision is waited for, as mentions. */
  approvers: readonly string[];
  votes: readonly { voter: string; decision: "approve" | "reject" }[];
  run: RunRow | undefined;
}

/** The one message of a request: who asks, who agreed, and then the run, until its end. */
export function requestCard(facts: RequestFacts, texts: Texts): MessageView {
  const { request, run } = facts;
  const preview = previewOf(request);
  const first = run === undefined ? requestLine(facts, texts) : runLine(run, preview.simulated, texts);
  const people = peopleLine(facts, texts);
  const why = reasonOf(facts, texts);
  return {
    text: shorten(first, 300),
    blocks: [
      section(`*${first}*`),
      ...(why === undefined ? [] : [section(shorten(why, 2_900))]),
      ...(run === undefined ? pipelineParts(request, texts) : runParts(run, texts)),
      ...(run === undefined && request.state === "needs-approval"
        ? [section(shorten(factsOf(preview, texts).join("\n"), 3_000))]
        : []),
      context(...people),
      ...buttonsOf(facts, texts),
    ],
  };
}

/** The one reply that is worth a ping. */
export function endNotice(facts: RequestFacts, texts: Texts): MessageView {
  const { request, run } = facts;
  const preview = previewOf(request);
  const first = run === undefined ? requestLine(facts, texts) : runLine(run, preview.simulated, texts);
  const why = reasonOf(facts, texts);
  const text = `<@${request.requester}> ${first}${why === undefined ? "" : `\n${why}`}`;
  return {
    text: shorten(text, 2_900),
    blocks: [section(shorten(text, 2_900)), ...(run === undefined ? [] : failureParts(run, texts))],
  };
}

function requestLine({ request }: RequestFacts, texts: Texts): string {
  const preview = previewOf(request);
  const title = escapeMrkdwn(preview.title);
  if (request.state === "needs-approval")
    return `${signOf(request.state)} ${texts.asks(escapeMrkdwn(request.requester_name), title, gpuHoursAndCost(preview, texts))}`;
  const steps = pipelineLine(request, texts);
  return `${signOf(request.state)} ${title} · ${texts.requestState(request.state)}${steps === undefined ? "" : ` · ${steps}`}`;
}

function peopleLine({ request, approval, approvers, votes, run }: RequestFacts, texts: Texts): string[] {
  const lines = [`<@${request.requester}>`];
  const names = (decision: "approve" | "reject") =>
    votes
      .filter((vote) => vote.decision === decision)
      .map((vote) => `<@${vote.voter}>`)
      .join(", ");
  if (approval?.state === "open")
    lines.push(
      texts.expiresAt(slackTime(approval.expires_at), votes.length, approval.quorum),
      approvers.join(", "),
    );
  if (names("approve") !== "" && approval?.state !== "open") lines.push(texts.approvedBy(names("approve")));
  if (names("reject") !== "") lines.push(texts.rejectedBy(names("reject")));
  if (run !== undefined)
    lines.push(
      code(run.name),
      `${run.gpus} GPU · ${escapeMrkdwn(run.cluster)} / ${escapeMrkdwn(run.namespace)}`,
    );
  return lines;
}

function reasonOf({ request, run }: RequestFacts, texts: Texts): string | undefined {
  if (run?.state === "lost") return run.reason === OWNER_GONE ? texts.lostOwner : texts.lost;
  // The diagnosis says it better than the platform.
  if (run !== undefined && detailOf(run).failure !== undefined && detailOf(run).failure?.kind !== "unknown")
    return undefined;
  if (run !== undefined && run.ended_at === null && detailOf(run).suspended === true) return undefined;
  if (run?.state === "queued") return waitingLine(run, texts, previewOf(request));
  if (run !== undefined && run.reason !== null && run.reason !== "") {
    const reason = escapeMrkdwn(shorten(run.reason, 900));
    return run.ended_at === null ? texts.waitingFor(reason) : reason;
  }
  if (run !== undefined) return undefined;
  if (request.state === "queued") return texts.queuedNext;
  if (request.state === "expired") return texts.expired;
  const outcome = request.outcome as
    | { kind: "refused"; failure: ChangeFailure }
    | { kind: "denied"; denial: Denial }
    | { kind: "cluster-unavailable"; message: string }
    | { kind: "over-limit"; over: LimitUse }
    | { kind: "unsafe"; violations: readonly SafetyViolation[] }
    | { kind: "requester-gone" | "approval-missing" | "changed" | "rejected" | "parked" | "pipeline" }
    | null;
  switch (outcome?.kind) {
    case "refused":
      return refusalText(outcome.failure, texts);
    case "denied":
      return denialText(outcome.denial, request.action, request.locale, texts);
    case "cluster-unavailable":
      return texts.failedCluster(escapeMrkdwn(shorten(outcome.message, 300)));
    case "over-limit":
      return `${overLimitText(outcome.over, texts)} ${request.state === "needs-approval" ? texts.limits.waitsForApproval : texts.limits.startAgain}`;
    case "unsafe":
      return unsafeText(outcome.violations, texts);
    case "requester-gone":
      return texts.failedRequesterGone;
    case "approval-missing":
      return texts.failedApprovalMissing;
    case "changed":
      return texts.voteVoid;
    case "parked":
      return texts.failedParked(request.id);
    case "rejected":
    case "pipeline":
    case undefined:
      return undefined;
  }
  return outcome satisfies undefined;
}

/** Names the rule and the way. */
export function denialText(denial: Denial, action: string, locale: Locale, texts: Texts): string {
  const advice = denial.advice?.[locale] ?? denial.advice?.en;
  const why =
    denial.cause === "no-role"
      ? texts.deniedNoRole
      : denial.cause === "no-rule"
        ? texts.deniedNoRule(action)
        : texts.deniedByRule(denial.rule ?? "");
  return advice === undefined ? why : `${why} ${escapeMrkdwn(advice)}`;
}

function buttonsOf({ request, run, approval }: RequestFacts, texts: Texts) {
  if (approval?.state === "open")
    return [
      actions(
        button("approval.approve", texts.buttonApprove, request.id, { style: "primary" }),
        button("approval.reject", texts.buttonReject, request.id),
        button("request.object", texts.buttonObject, request.id),
      ),
    ];
  return run === undefined ? [] : [runButtons(run, texts)];
}
