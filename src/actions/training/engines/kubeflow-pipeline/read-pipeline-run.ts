import type { RunDetail, RunObservation } from "../../engine-ports.ts";
import type { PipelineRun, PipelineVersion } from "./kubeflow-pipelines-port.ts";
import { readSteps } from "./read-steps.ts";

/** A run in our words; `version` tells of the steps that have not begun. Pure. */
export function readPipelineRun(run: PipelineRun, version: PipelineVersion | undefined): RunObservation {
  const steps = readSteps(run, version);
  const detail: RunDetail = { ...(steps !== undefined && { steps }) };
  const started = run.stateHistory.find(({ state }) => state === "RUNNING")?.at;
  const common = {
    uid: run.runId,
    ...(steps !== undefined && { detail }),
    ...(started !== undefined && { startedAt: new Date(started) }),
  };
  const end = run.finishedAt === undefined ? {} : { endedAt: new Date(run.finishedAt) };
  switch (run.state) {
    case "RUNNING":
      return { state: "running", ...common, ...progressOf(steps, version) };
    case "CANCELING":
      return { state: "running", reason: "canceling", ...common, ...progressOf(steps, version) };
    case "PAUSED":
      return { state: "queued", reason: "paused", ...common, detail: { ...detail, suspended: true } };
    case "SUCCEEDED":
    case "SKIPPED":
      return { state: "succeeded", progress: 1, ...common, ...end };
    case "FAILED":
      return { state: "failed", reason: failureOf(run, steps), ...common, ...end };
    case "CANCELED":
      return { state: "cancelled", ...common, ...end };
    case "PENDING":
    case "RUNTIME_STATE_UNSPECIFIED":
    case undefined:
      return { state: "queued", ...common };
  }
  return run.state satisfies never;
}

/** Its own steps that are over; only where all of them are known. */
function progressOf(steps: RunDetail["steps"], version: PipelineVersion | undefined): { progress?: number } {
  const own = (version?.tasks ?? []).map(({ name }) => name);
  if (steps === undefined || own.length === 0) return {};
  const over = steps.filter(
    ({ name, state }) => own.includes(name) && (state === "succeeded" || state === "skipped"),
  );
  return { progress: over.length / own.length };
}

/** What the run says, else its step that failed, else its history: most installations leave the first two empty. */
function failureOf(run: PipelineRun, steps: RunDetail["steps"] = []): string {
  const failed = steps.findLast(({ state }) => state === "failed");
  const byStep = failed === undefined ? undefined : `${failed.name}: ${failed.reason ?? "failed"}`;
  const byHistory = run.stateHistory.findLast(({ error }) => error !== undefined)?.error;
  return run.error ?? byHistory ?? byStep ?? "the run failed and does not say why";
}
