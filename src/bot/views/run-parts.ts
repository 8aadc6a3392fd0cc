import type { KnownBlock } from "@slack/types";
import type { RunDetail, RunStep, RunTrial } from "../../actions/training/engine-ports.ts";
import { previewOf, type RequestRow } from "../../actions/request-row.ts";
import type { PipelineProgress } from "../../actions/training/pipelines/advance-pipeline.ts";
import type { HoldProgress } from "../../actions/training/pipelines/hold.ts";
import { pipelineSpecOf } from "../../actions/training/pipelines/pipeline.ts";
import type { RunRow } from "../../actions/training/find-run.ts";
import { formatValue } from "../../actions/training/stage-catalogue.ts";
import { code, codeBlock, escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import { failureTextsFor } from "../texts/failure-texts.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, bar, button, section, type MessageView } from "./message.ts";
import { metricsLine } from "./metrics-line.ts";

const MOST_STEPS = 12;
const STEP_SIGNS: Readonly<Record<RunStep["state"], string>> = {
  waiting: "▫️",
  queued: "⏳",
  starting: "⏳",
  running: "🔵",
  succeeded: "✅",
  failed: "❌",
  cancelled: "⚪",
  lost: "⚠️",
  skipped: "▫️",
};

export function detailOf(run: RunRow): RunDetail {
  return run.detail as RunDetail;
}

/** "2 of 6: sft 40 %": where a run of several steps is; undefined for others. */
export function stepLine(run: RunRow, texts: Texts): string | undefined {
  const { steps = [] } = detailOf(run);
  if (steps.length < 2) return undefined;
  const done = steps.filter(({ state }) => state === "succeeded" || state === "skipped").length;
  const current = steps.find(
    ({ state }) => state === "running" || state === "starting" || state === "failed",
  );
  const percent =
    current?.progress === undefined || current.state === "failed"
      ? ""
      : ` ${Math.round(current.progress * 100)} %`;
  const name = current === undefined ? "" : `: ${escapeMrkdwn(shorten(current.name, 60))}${percent}`;
  return `${texts.runs.stepOf(done, steps.length)}${name}`;
}

/** The parts of a run below its first line: steps, trials, gates, why it failed. */
export function runParts(run: RunRow, texts: Texts): KnownBlock[] {
  const detail = detailOf(run);
  const { trials } = detail;
  const parts = [
    metricsLine(detail.metrics, texts),
    stepsOf(detail, texts),
    trialsOf(detail, texts),
    gatesOf(run, texts),
    failureText(run, texts),
  ];
  return [
    ...parts.flatMap((text) => (text === undefined ? [] : [section(shorten(text, 2_900))])),
    ...(trials?.best === undefined || trials.tunes === undefined
      ? []
      : [actions(button("run.best", texts.runs.buttonBest(trials.tunes), run.id, { style: "primary" }))]),
  ];
}

/** Why it failed and what may be done, if that is known. */
export function failureParts(run: RunRow, texts: Texts): KnownBlock[] {
  const text = failureText(run, texts);
  if (text === undefined) return [];
  const hasRemedy = detailOf(run).failure?.remedy !== undefined;
  return [
    section(shorten(text, 2_900)),
    ...(hasRemedy
      ? [actions(button("run.remedy", texts.runs.buttonRemedy, run.id, { style: "primary" }))]
      : []),
  ];
}

/** A pipeline's steps, and what it waits for. */
export function pipelineParts(request: RequestRow, texts: Texts): KnownBlock[] {
  const progress = request.outcome as PipelineProgress | null;
  if (progress?.kind !== "pipeline") return [];
  const nameOf = (step: number) => escapeMrkdwn(progress.steps[step]?.name ?? "");
  const waits =
    progress.hold !== undefined
      ? holdLine(request, progress.hold, texts)
      : progress.gate !== undefined
        ? texts.runs.pipelineGate(nameOf(progress.gate))
        : progress.waitsForLimit !== undefined
          ? texts.runs.pipelineLimit(nameOf(progress.waitsForLimit))
          : undefined;
  const text = [stepsOf({ steps: progress.steps }, texts), waits].filter(Boolean).join("\n");
  if (text === "") return [];
  const value = `${request.id} ${progress.gate ?? ""}`;
  const ask = (question: string) => ({
    title: texts.confirmTitle,
    text: shorten(question, 300),
    confirm: texts.runs.confirmGo,
    deny: texts.runs.confirmBack,
  });
  return [
    section(shorten(text, 2_900)),
    ...(progress.hold === undefined || request.state !== "running"
      ? []
      : [
          actions(
            button("pipeline.approve", texts.runs.buttonClaim, `${request.id} 0`, {
              ...(progress.hold.state === "offered" && { style: "primary" as const }),
            }),
            button("pipeline.reject", texts.runs.buttonDrop, `${request.id} 0`),
          ),
        ]),
    ...(progress.gate === undefined || request.state !== "running"
      ? []
      : [
          actions(
            button("pipeline.approve", texts.runs.buttonGateApprove, value, {
              style: "primary",
              confirm: ask(texts.runs.gateConfirm(previewOf(request).title, nameOf(progress.gate))),
            }),
            button("pipeline.reject", texts.runs.buttonGateReject, value, {
              style: "danger",
              confirm: ask(texts.runs.gateRejectConfirm(previewOf(request).title, nameOf(progress.gate))),
            }),
          ),
        ]),
  ];
}

function holdLine(request: RequestRow, hold: HoldProgress, texts: Texts): string {
  switch (hold.state) {
    case "waiting":
      return texts.runs.holdWaits(dateTime(pipelineSpecOf(request.spec).hold?.before ?? ""));
    case "offered":
      return texts.runs.holdOffered(dateTime(hold.until));
    case "missed":
      return texts.runs.holdMissed(dateTime(hold.again));
  }
  return hold satisfies never;
}

/** Its turn has come: worth a ping. */
export function holdNotice(request: RequestRow, until: string, texts: Texts): MessageView {
  const title = escapeMrkdwn(previewOf(request).title);
  const text = texts.runs.holdTurn(`<@${request.requester}>`, title, dateTime(until));
  return { text: shorten(text, 2_900), blocks: [section(shorten(text, 2_900))] };
}

/** An ISO time as the reader's own clock shows it. */
export function dateTime(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? "–" : slackTime(at, "{date_short} {time}");
}

/** "2 of 6" of a pipeline. */
export function pipelineLine(request: RequestRow, texts: Texts): string | undefined {
  const progress = request.outcome as PipelineProgress | null;
  if (progress?.kind !== "pipeline") return undefined;
  if (progress.steps.length < 2) return undefined;
  const done = progress.steps.filter(({ state }) => state === "succeeded").length;
  return texts.runs.stepOf(done, progress.steps.length);
}

function stepsOf({ steps = [] }: RunDetail, texts: Texts): string | undefined {
  if (steps.length < 2) return undefined;
  const shown = steps.slice(0, MOST_STEPS).map((step) => {
    const progress =
      step.state === "running" && step.progress !== undefined
        ? ` ${bar(step.progress)} ${Math.round(step.progress * 100)} %`
        : "";
    const reason = step.reason === undefined ? "" : ` · ${escapeMrkdwn(shorten(step.reason, 120))}`;
    return `${STEP_SIGNS[step.state]} ${escapeMrkdwn(shorten(step.name, 80))} · ${texts.runs.stepState(step.state)}${progress}${reason}`;
  });
  if (steps.length > MOST_STEPS) shown.push(texts.runs.moreSteps(steps.length - MOST_STEPS));
  return shown.join("\n");
}

function trialsOf({ trials }: RunDetail, texts: Texts): string | undefined {
  if (trials === undefined) return undefined;
  const done = (trials.counts.succeeded ?? 0) + (trials.counts.failed ?? 0) + (trials.counts.cancelled ?? 0);
  const lines = [texts.runs.trials(done, trials.planned)];
  if (trials.best !== undefined)
    lines.push(
      texts.runs.trialBest(trials.best.name, metricsOf(trials.best), parametersOf(trials.best.parameters)),
    );
  else lines.push(texts.runs.noTrials);
  for (const trial of trials.recent.slice(0, 8))
    lines.push(
      `${STEP_SIGNS[trial.state]} ${code(shorten(trial.name, 80))} ${metricsOf(trial)} · ${parametersOf(trial.parameters)}`,
    );
  return lines.join("\n");
}

function metricsOf({ metrics }: RunTrial): string {
  const shown = Object.entries(metrics)
    .slice(0, 4)
    .map(([name, value]) => `${escapeMrkdwn(name)} ${Number(value.toPrecision(4))}`);
  return shown.length === 0 ? "–" : shown.join(", ");
}

export function parametersOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .slice(0, 8)
    .map(([name, value]) => code(`${shorten(name, 40)}=${shorten(value, 60)}`))
    .join(" ");
}

function gatesOf(run: RunRow, texts: Texts): string | undefined {
  const { gates = [] } = detailOf(run);
  if (run.ended_at !== null || gates.length === 0) return undefined;
  return gates
    .map(({ name, message = "" }) =>
      texts.runs.gateWaits(escapeMrkdwn(shorten(name, 80)), escapeMrkdwn(shorten(message, 300))),
    )
    .join("\n");
}

/** What broke, the lines that say so, and what helps; undefined where nothing was found out. */
export function failureText(run: RunRow, texts: Texts): string | undefined {
  const { failure } = detailOf(run);
  if (failure === undefined) return undefined;
  const words = failureTextsFor(texts.locale)[failure.kind];
  const where = [
    ...(failure.lastStep === undefined ? [] : [texts.runs.lastStep(failure.lastStep, failure.totalSteps)]),
    ...(failure.lastCheckpointStep === undefined
      ? []
      : [texts.runs.lastCheckpoint(failure.lastCheckpointStep)]),
  ];
  const quoted = failure.traceback ?? failure.lines;
  const changes = failure.remedy?.changes.map(
    ({ parameter, from, to }) => `${code(parameter)} ${code(formatValue(from))} → ${code(formatValue(to))}`,
  );
  return [
    `*${words.reason(failure.facts)}*`,
    ...(where.length === 0 ? [] : [where.join(" · ")]),
    ...(quoted.length === 0 ? [] : [codeBlock(quoted.join("\n"), 1_500)]),
    words.advice(failure.facts),
    ...(changes === undefined ? [] : [texts.runs.proposal(changes.join(" · "))]),
  ].join("\n");
}
