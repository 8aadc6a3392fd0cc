/** One value of a training metric. */
export interface MetricPoint {
  step: number;
  value: number;
  /** Milliseconds since 1970; of a log, as far as it can be told from when it was read. */
  atMs: number;
}

/** What is known of a training: histories by rising step, and the newest values. */
export interface RunMetrics {
  loss: readonly MetricPoint[];
  evalLoss: readonly MetricPoint[];
  learningRate?: number;
  tokensPerSecond?: number;
  /** Pages where people see more. */
  links: readonly MetricsLink[];
}
export interface MetricsLink {
  title: "MLflow" | "W&B";
  url: string;
}

/** Where training scripts write their metrics themselves. Outages are thrown as `MetricsUnavailableError`. */
export interface MetricsTracker {
  /**
   * By a tag with the run's name or the request's id, else by the run's name within its own; undefined: it knows no such run. Without history only the newest
   * point of each.
   */
  find(
    run: { requestId: string; name: string },
    options: { withHistory: boolean },
  ): Promise<RunMetrics | undefined>;
}

/** Use of a run's GPUs at one time, in percent. */
export interface GpuSample {
  atMs: number;
  percent: number;
}
export interface GpuUse {
  pod: string;
  /** Rising times; the mean over the pod's GPUs. */
  samples: readonly GpuSample[];
}

/** What the cluster's monitoring sees of GPUs. Outages are thrown as `MetricsUnavailableError`. */
export interface GpuMonitor {
  /** Each pod whose name begins with that of the run, over the last `minutes`. */
  useOf(run: { namespace: string; name: string }, minutes: number): Promise<readonly GpuUse[]>;
}

/** It does not answer, or not as it should: worth another try later, never a reason to disturb the run. */
export class MetricsUnavailableError extends Error {
  override name = "MetricsUnavailableError";
  constructor(system: string, message: string) {
    super(`${system}: ${message}`);
  }
}
