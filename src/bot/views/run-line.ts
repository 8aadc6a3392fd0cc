import type { RunRow } from "../../actions/training/find-run.ts";
import { escapeMrkdwn } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { bar } from "./message.ts";
import { detailOf, stepLine } from "./run-parts.ts";
import { signOf } from "./state-sign.ts";

/** The state of a run and how far it is, readable in a notification. */
export function runLine(run: RunRow, simulated: boolean, texts: Texts): string {
  const parts = [escapeMrkdwn(run.title)];
  const ended = run.ended_at !== null;
  if (run.ended_at !== null && run.started_at !== null) {
    const hours = (run.ended_at.getTime() - run.started_at.getTime()) / 3_600_000;
    parts.push(texts.ended(texts.runState(run.state), texts.hours(hours)));
  } else parts.push(texts.runState(run.state));
  const steps = ended ? undefined : stepLine(run, texts);
  if (steps !== undefined) parts.push(steps);
  if (!ended && detailOf(run).suspended === true) parts.push(texts.runs.suspended);
  if (!ended && run.progress !== null) parts.push(`${bar(run.progress)} ${Math.round(run.progress * 100)} %`);
  const { suspended = false, gates = [] } = detailOf(run);
  const left = ended || suspended || gates.length > 0 ? undefined : hoursLeft(run);
  if (left !== undefined) parts.push(texts.timeLeft(texts.hours(left)));
  const { restarts = 0 } = detailOf(run);
  if (restarts > 0) parts.push(texts.runs.restarts(restarts));
  if (!ended && run.cancel_requested_at !== null) parts.push(texts.cancelling);
  return `${signOf(run.state)} ${parts.join(" · ")}${simulated ? ` (${texts.simulated})` : ""}`;
}

function hoursLeft(run: RunRow): number | undefined {
  const { remainingSeconds } = detailOf(run);
  if (remainingSeconds !== undefined) return remainingSeconds / 3_600;
  if (run.progress === null || run.progress < 0.02 || run.started_at === null || run.observed_at === null)
    return undefined;
  const elapsed = (run.observed_at.getTime() - run.started_at.getTime()) / 3_600_000;
  return (elapsed * (1 - run.progress)) / run.progress;
}
