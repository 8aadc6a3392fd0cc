import type { WhyReport } from "../../actions/training/train-why.ts";
import type {
  StartEstimate,
  WaitingExplanation,
} from "../../actions/training/waiting/waiting-explanation.ts";
import type { WayOut } from "../../actions/training/waiting/ways-out.ts";
import { code, escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, button, context, section, type MessageView } from "./message.ts";
import { failureParts } from "./run-parts.ts";
import { runLine } from "./run-line.ts";

const SHOWN_RUNS = 3;
const HALF_A_DAY_MS = 12 * 3_600_000;

/** Why a run waits, who comes before it, when it may start, and what could be changed about it. */
export function waitingCard(report: WhyReport, simulated: boolean, now: Date, texts: Texts): MessageView {
  const { run } = report;
  if (report.kind !== "waiting") {
    const first = runLine(run, simulated, texts);
    const second =
      report.kind === "unreachable"
        ? texts.waiting.unreachable(report.message)
        : texts.waiting.notWaiting(texts.runState(run.state));
    return {
      text: `${first}: ${second}`,
      blocks: [section(`*${first}*\n${second}`), ...failureParts(run, texts)],
    };
  }
  const { explanation, ways, mayCancel } = report;
  const waited = texts.hours((now.getTime() - run.created_at.getTime()) / 3_600_000);
  const first = [
    `⏳ ${texts.waiting.waiting(escapeMrkdwn(run.title), waited)}`,
    ...placeOf(explanation, texts),
  ].join(" · ");
  const heading = `${first}${simulated ? ` (${texts.simulated})` : ""}`;
  const why = texts.waiting.reason(explanation.reason);
  const lines = [
    why,
    ...runsOf(explanation, texts),
    estimateLine(explanation.estimate, run.created_at, texts),
  ];
  const elements = [
    ...ways.map((way) => button(`waiting.${way.kind}`, labelOf(way, texts), run.id)),
    ...(mayCancel ? [cancelButton(run, texts)] : []),
  ];
  return {
    text: shorten(`${heading}: ${why}`, 300),
    blocks: [
      section(`*${shorten(heading, 500)}*`),
      section(shorten(lines.join("\n"), 2_900)),
      context(
        `<@${run.owner}>`,
        code(run.name),
        `${run.gpus} GPU · ${escapeMrkdwn(run.cluster)} / ${escapeMrkdwn(run.namespace)}`,
      ),
      ...(elements.length === 0 ? [] : [actions(...elements)]),
    ],
  };
}

/** The preview of a changed start, with the run that waits beside it: it ends only when somebody ends it. */
export function besideWaitingRun(
  view: MessageView,
  run: { id: string; title: string; name: string },
  mayCancel: boolean,
  texts: Texts,
): MessageView {
  return {
    ...view,
    blocks: [
      ...view.blocks,
      section(texts.waiting.stays(run.name)),
      ...(mayCancel ? [actions(cancelButton(run, texts))] : []),
    ],
  };
}

function cancelButton(run: { id: string; title: string; name: string }, texts: Texts) {
  return button("run.cancel", texts.waiting.buttonCancelWaiting, run.id, {
    style: "danger",
    confirm: {
      title: texts.confirmTitle,
      text: shorten(`${run.title} (${run.name}): ${texts.cancelConsequence}`, 300),
      confirm: texts.confirmYes,
      deny: texts.confirmNo,
    },
  });
}

function labelOf({ kind, to }: WayOut, texts: Texts): string {
  const { tryGpus, useType, moveToQueue } = texts.waiting;
  const label =
    kind === "fewer-gpus"
      ? tryGpus(Number(to))
      : kind === "other-type"
        ? useType(String(to))
        : moveToQueue(String(to));
  return shorten(label, 75);
}

function placeOf({ reason }: WaitingExplanation, texts: Texts): string[] {
  if (reason.kind !== "kueue-quota" || reason.place === undefined) return [];
  return [texts.waiting.place(reason.place, reason.of ?? reason.place, reason.queue)];
}

function runsOf({ ahead, holders, reason }: WaitingExplanation, texts: Texts): string[] {
  const { waiting } = texts;
  const listed = (names: readonly string[]): string =>
    names.length > SHOWN_RUNS
      ? `${names.slice(0, SHOWN_RUNS).join(", ")} ${waiting.andMore(names.length - SHOWN_RUNS)}`
      : names.join(", ");
  const isAboutGpus = ["all-busy", "kueue-quota", "quota-exceeded"].includes(reason.kind);
  const before = ahead.map((run) => waiting.aheadOne(run));
  const using = holders.map(({ run, owner, gpus }) => waiting.holder(run, owner, gpus));
  return [
    ...(before.length > 0 && isAboutGpus ? [waiting.ahead(listed(before))] : []),
    ...(using.length > 0 && isAboutGpus ? [waiting.holders(listed(using))] : []),
  ];
}

function estimateLine(estimate: StartEstimate, since: Date, { waiting }: Texts): string {
  switch (estimate.kind) {
    case "range": {
      const format =
        estimate.to.getTime() - since.getTime() > HALF_A_DAY_MS ? "{date_short_pretty} {time}" : "{time}";
      return waiting.likely(slackTime(estimate.from, format), slackTime(estimate.to, format), estimate.waits);
    }
    case "longer-than-usual":
      return waiting.longerThanUsual(estimate.waits);
    case "no-history":
      return waiting.noHistory(estimate.waits, estimate.needed);
  }
  return estimate satisfies never;
}
