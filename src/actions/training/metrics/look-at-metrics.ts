import { ClusterForbiddenError, ClusterUnavailableError } from "../../cluster-ports.ts";
import type { Identity } from "../../ports.ts";
import type { LogLine, TrainingEngine } from "../engine-ports.ts";
import { refOfRun, type RunRow } from "../find-run.ts";
import {
  MetricsUnavailableError,
  type GpuMonitor,
  type GpuUse,
  type MetricPoint,
  type MetricsLink,
  type MetricsTracker,
} from "../metrics-ports.ts";
import type { LowGpuSettings } from "./judge-gpu-use.ts";
import { datePoints, mergeSeries } from "./metric-series.ts";
import { readLogMetrics } from "./read-log-metrics.ts";

/** Where metrics are looked for besides the log, and what counts as idle. */
export interface MetricsSources {
  tracker?: MetricsTracker | undefined;
  gpus?: GpuMonitor | undefined;
  /** Hosts of which a W&B address in a log becomes a link. */
  wandbHosts: readonly string[];
  lowGpu: LowGpuSettings;
}

export const LOG_ALONE: MetricsSources = {
  wandbHosts: ["wandb.ai"],
  lowGpu: { percent: 50, minutes: 10 },
};

/** As kept in `run_metrics.series`. */
export interface StoredSeries {
  loss?: readonly MetricPoint[];
  evalLoss?: readonly MetricPoint[];
}

export interface SeenMetrics {
  loss: readonly MetricPoint[];
  evalLoss: readonly MetricPoint[];
  lastLoss?: number;
  learningRate?: number;
  tokensPerSecond?: number;
  links: readonly MetricsLink[];
  gpuUse: readonly GpuUse[];
  /** What did not answer, in words for the log. */
  troubles: readonly string[];
}

const FIRST_TAIL_LINES = 5_000;
const TAIL_LINES = 500;
const LOGS_TIMEOUT_MS = 8_000;

/** Looks where a run's metrics may be. What does not answer leaves what is known. */
export async function lookAtMetrics(
  sources: MetricsSources,
  engine: TrainingEngine,
  run: RunRow,
  as: Identity,
  known: StoredSeries,
  nowMs: number,
): Promise<SeenMetrics> {
  const troubles: string[] = [];
  const orNothing = async <T>(looking: Promise<T> | undefined): Promise<T | undefined> => {
    try {
      return await looking;
    } catch (error) {
      if (!(error instanceof MetricsUnavailableError)) throw error;
      troubles.push(error.message);
      return undefined;
    }
  };
  const { loss = [], evalLoss = [] } = known;
  const withHistory = loss.length === 0 || run.ended_at !== null;
  const [tracked, gpuUse = []] = await Promise.all([
    orNothing(sources.tracker?.find({ requestId: run.request_id, name: run.name }, { withHistory })),
    run.ended_at === null ? orNothing(sources.gpus?.useOf(run, sources.lowGpu.minutes + 1)) : undefined,
  ]);
  if (tracked !== undefined && tracked.loss.length > 0)
    return {
      ...tracked,
      loss: mergeSeries(loss, tracked.loss),
      evalLoss: mergeSeries(evalLoss, tracked.evalLoss),
      gpuUse,
      troubles,
    };
  const lines = await readLog(engine, run, as, withHistory ? FIRST_TAIL_LINES : TAIL_LINES, troubles);
  const {
    wandbUrl,
    loss: logLoss,
    evalLoss: logEvalLoss,
    ...newest
  } = readLogMetrics(lines, sources.wandbHosts);
  const sinceMs = (run.started_at ?? run.created_at).getTime();
  const untilMs = run.ended_at?.getTime() ?? nowMs;
  const dated = (points: typeof logLoss, before: readonly MetricPoint[]) =>
    mergeSeries(before, datePoints(points, before, sinceMs, untilMs));
  return {
    ...newest,
    loss: dated(logLoss, loss),
    evalLoss: dated(logEvalLoss, evalLoss),
    links: [
      ...(tracked?.links ?? []),
      ...(wandbUrl === undefined ? [] : [{ title: "W&B" as const, url: wandbUrl }]),
    ],
    gpuUse,
    troubles,
  };
}

async function readLog(
  engine: TrainingEngine,
  run: RunRow,
  as: Identity,
  tailLines: number,
  troubles: string[],
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  try {
    const signal = AbortSignal.timeout(LOGS_TIMEOUT_MS);
    for await (const line of engine.logs(refOfRun(run), as, { tailLines, signal })) lines.push(line);
  } catch (error) {
    // What was read until then still counts.
    if (!(error instanceof ClusterUnavailableError || error instanceof ClusterForbiddenError)) throw error;
    troubles.push(error.message);
  }
  return lines;
}
