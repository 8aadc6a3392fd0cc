import type { Logger } from "pino";
import { createMlflow } from "../actions/adapters/mlflow.ts";
import { createPrometheus } from "../actions/adapters/prometheus.ts";
import type { MetricsSources } from "../actions/training/metrics/look-at-metrics.ts";
import { MetricsUnavailableError } from "../actions/training/metrics-ports.ts";
import type { Config } from "../config.ts";

const MINUTE_MS = 60_000;

/** Where metrics of trainings are looked for, as configured. What GPU metrics there are is said once at the start. */
export function openMetrics(
  config: Pick<Config, "mlflow" | "prometheus" | "wandb" | "metricsTokens">,
  logger: Logger,
): MetricsSources {
  const { mlflow, prometheus, wandb, metricsTokens } = config;
  const gpus =
    prometheus === undefined
      ? undefined
      : createPrometheus({
          url: prometheus.url,
          token: metricsTokens.prometheus,
          gpuQuery: prometheus.gpuQuery,
        });
  if (gpus !== undefined && prometheus?.gpuQuery === undefined)
    void gpus.probe().then(
      (names) =>
        names.length === 0
          ? logger.warn("Prometheus knows no metric of the DCGM exporter: the use of GPUs is not shown")
          : logger.info({ names }, "the use of GPUs is read from Prometheus"),
      (error: unknown) => {
        if (!(error instanceof MetricsUnavailableError)) throw error;
        logger.warn({ reason: error.message }, "Prometheus does not answer yet");
      },
    );
  return {
    ...(mlflow !== undefined && {
      tracker: createMlflow({
        url: mlflow.url,
        pageUrl: mlflow.pageUrl,
        token: metricsTokens.mlflow,
        user: mlflow.user,
        names: mlflow.metrics,
      }),
    }),
    ...(gpus !== undefined && { gpus }),
    wandbHosts: wandb.hosts,
    lowGpu: {
      percent: prometheus?.lowGpu.percent ?? 50,
      minutes: (prometheus?.lowGpu.duration ?? 10 * MINUTE_MS) / MINUTE_MS,
    },
  };
}
