import type { Preview } from "../../actions/ports.ts";
import type { ChangeFailure } from "../../actions/define-action.ts";
import type { RunState } from "../../store/database.ts";
import { code, escapeMrkdwn, shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { limitLines } from "./limit-lines.ts";
import { dateTime } from "./run-parts.ts";
import { actions, button, context, section, type MessageView } from "./message.ts";
import { gpuHoursAndCost, outlookLines } from "./outlook-lines.ts";

interface ControlWords {
  heading(title: string): string;
  consequence: string;
  button: string;
  destroys?: boolean;
}

/** How a preview speaks of what is done to a run that exists. */
const CONTROLS: Readonly<Record<string, (texts: Texts) => ControlWords>> = {
  "train-cancel": (texts) => ({
    heading: texts.cancelOf,
    consequence: texts.cancelConsequence,
    button: texts.buttonCancel,
    destroys: true,
  }),
  "train-suspend": ({ runs }) => ({
    heading: runs.suspendOf,
    consequence: runs.suspendConsequence,
    button: runs.buttonSuspend,
  }),
  "train-resume": ({ runs }) => ({
    heading: runs.resumeOf,
    consequence: runs.resumeConsequence,
    button: runs.buttonResume,
  }),
  "train-retry": ({ runs }) => ({
    heading: runs.continueOf,
    consequence: runs.continueConsequence,
    button: runs.buttonContinue,
  }),
  "train-trials": ({ runs }) => ({
    heading: runs.trialsOf,
    consequence: runs.trialsConsequence,
    button: runs.buttonTrials,
  }),
  "train-follow": ({ runs }) => ({
    heading: runs.followOf,
    consequence: runs.followConsequence,
    button: runs.buttonFollow,
  }),
  "train-clean": ({ runs }) => ({
    heading: runs.cleanOf,
    consequence: runs.cleanConsequence,
    button: runs.buttonClean,
    destroys: true,
  }),
  "train-gate": ({ runs }) => ({
    heading: runs.gateOf,
    consequence: runs.gateConsequence,
    button: runs.confirmGo,
  }),
};

/** Only the asker sees it: what would happen, what it costs, who must agree. Nothing has started. */
export function previewCard(
  request: { id: string; action: string },
  preview: Preview,
  texts: Texts,
  /** Shown in a conversation that nobody else reads: an approval could not be given there. */
  direct = false,
): MessageView {
  const control = CONTROLS[request.action]?.(texts);
  const title = escapeMrkdwn(preview.title);
  const heading = control?.heading(title) ?? texts.start(title);
  const where = `${escapeMrkdwn(preview.cluster)}${preview.simulated ? ` (${texts.simulated})` : ""} / ${escapeMrkdwn(preview.namespace)}`;
  const isUnseen = direct && preview.approval.kind === "needed";
  const mayStart = preview.dryRun.kind !== "refused" && preview.allowed.kind !== "no" && !isUnseen;
  const needsApproval = preview.approval.kind === "needed";
  const label = needsApproval ? texts.buttonAsk : (control?.button ?? texts.buttonStart);
  const start =
    control?.destroys === true
      ? button("request.start", label, request.id, {
          style: "danger",
          confirm: {
            title: texts.confirmTitle,
            text: shorten(`${preview.title}: ${control.consequence}`, 300),
            confirm: texts.confirmYes,
            deny: texts.confirmNo,
          },
        })
      : button("request.start", label, request.id, { style: "primary" });
  return {
    text: `${heading} · ${texts.preview}`,
    blocks: [
      section(`*${heading}* · ${where}`),
      section(shorten(factsOf(preview, texts, control !== undefined).join("\n"), 3_000)),
      context(`_${control?.consequence ?? texts.preview}_`),
      ...(isUnseen ? [section(`⚠️ ${texts.directNoApproval}`)] : []),
      actions(
        ...(mayStart ? [start] : []),
        ...(control !== undefined ? [] : [button("request.object", texts.buttonObject, request.id)]),
        button("request.discard", texts.buttonDiscard, request.id),
      ),
    ],
  };
}

/** The same lines in the preview and in the request that it becomes. */
export function factsOf(preview: Preview, texts: Texts, changesOnly = false): string[] {
  const changes =
    preview.changes.length === 0
      ? texts.noChanges
      : preview.changes.map(({ path, from, to }) => `${code(path)} ${code(from)} → ${code(to)}`).join(" · ");
  const facts = [`*${texts.changes}*  ${changes}`];
  if (changesOnly) return facts;
  const { hold } = preview;
  if (hold !== undefined)
    facts.push(
      `*${texts.runs.holdWhen}*  ${texts.runs.holdPlan(dateTime(hold.before), hold.start === "auto")}`,
    );
  if (preview.steps !== undefined && preview.steps.length > 1)
    facts.splice(0, 1, ...stepFacts(preview.steps, texts));
  const basis =
    preview.hoursFrom.kind === "history" ? texts.basisHistory(preview.hoursFrom.runs) : texts.basisCatalogue;
  facts.unshift(
    `*${texts.gpus}*  ${texts.gpuLine(preview.gpus, preview.gpuType, texts.hours(preview.hours), basis)} · ${gpuHoursAndCost(preview, texts)}`,
  );
  facts.push(
    ...outlookLines(preview, texts),
    ...limitLines(preview, texts),
    `*${texts.checked}*  ${checkedLine(preview, texts)}`,
  );
  const { approval } = preview;
  facts.push(
    `*${texts.needs}*  ${
      approval.kind === "needed"
        ? texts.needsApproval(
            approval.quorum,
            approval.approvers.map(escapeMrkdwn).join(", "),
            escapeMrkdwn(approval.rule),
          )
        : texts.needsNothing
    }`,
  );
  return facts;
}

function checkedLine({ dryRun, allowed }: Preview, texts: Texts): string {
  const parts: string[] = [];
  if (dryRun.kind === "accepted") parts.push(texts.dryRunAccepted);
  else if (dryRun.kind === "refused")
    parts.push(texts.dryRunRefused(escapeMrkdwn(shorten(dryRun.failure.message, 400))));
  else parts.push(texts.dryRunUnreachable(escapeMrkdwn(shorten(dryRun.message, 200))));
  if (allowed.kind === "yes") parts.push(texts.youMay);
  if (allowed.kind === "no") parts.push(texts.youMayNot(escapeMrkdwn(shorten(allowed.reason, 200))));
  return parts.join(" · ");
}

/** A platform's refusal in plain words. */
export function refusalText(failure: ChangeFailure, texts: Texts): string {
  const message = escapeMrkdwn(shorten(failure.message, 600));
  switch (failure.kind) {
    case "forbidden":
      return texts.platformForbidden(message);
    case "invalid":
      return texts.platformInvalid(message);
    case "quota-exceeded":
      return texts.platformQuota(message);
    case "name-taken":
      return texts.platformNameTaken(message);
    case "not-installed":
      return texts.platformNotInstalled(message);
    case "ended":
      return texts.runs.ended(texts.runState(failure.message as RunState));
    case "not-possible":
      return texts.runs.notPossible(message);
  }
  return failure satisfies never;
}

function stepFacts(steps: NonNullable<Preview["steps"]>, texts: Texts): string[] {
  const lines = steps.map(({ stage, gate, gpus, hours, changes }, index) => {
    const changed = changes.map(({ path, to }) => code(`${path}=${shorten(to, 60)}`)).join(" ");
    return [
      `${index + 1}. ${escapeMrkdwn(stage)}`,
      texts.runs.stepPlan(gpus, texts.hours(hours)),
      ...(gate ? [texts.runs.stepGate] : []),
      ...(changed === "" ? [] : [changed]),
    ].join(" · ");
  });
  return [`*${texts.runs.steps}*`, ...lines];
}
