import { z } from "zod";
import { MetricsUnavailableError, type MetricPoint, type MetricsTracker } from "../training/metrics-ports.ts";
import { callJson } from "./call-json.ts";

/** Set by training scripts: the run's name, or the id of its request. */
const RUN_TAG = "jibsa.run";
const REQUEST_TAG = "jibsa.request-id";

export interface MlflowSettings {
  url: string;
  /** Where people open it; default: `url`. */
  pageUrl?: string | undefined;
  /** With `user`, a password; without, a bearer token. */
  token?: string | undefined;
  user?: string | undefined;
  /** Names under which scripts log a metric; the first that a run has counts. */
  names: Readonly<Record<MetricName, readonly string[]>>;
}
export type MetricName = "loss" | "evalLoss" | "learningRate" | "tokensPerSecond";

const EXPERIMENTS_KEPT_MS = 60_000;
const MOST_EXPERIMENTS = 1_000;
const HISTORY_PAGE = 10_000;
const MOST_HISTORY_PAGES = 3;

/** int64 as text, NaN and Infinity too. */
const number = z.union([z.number(), z.string()]).transform(Number);
const metric = z.looseObject({
  key: z.string(),
  value: number,
  timestamp: number.optional(),
  step: number.optional(),
});
const experimentsAnswer = z.looseObject({
  experiments: z.array(z.looseObject({ experiment_id: z.string() })).default([]),
});
const runsAnswer = z.looseObject({
  runs: z
    .array(
      z.looseObject({
        info: z.looseObject({ run_id: z.string(), experiment_id: z.string() }),
        data: z.looseObject({ metrics: z.array(metric).default([]) }).default({ metrics: [] }),
      }),
    )
    .default([]),
});
const historyAnswer = z.looseObject({
  metrics: z.array(metric).default([]),
  next_page_token: z.string().optional(),
});
const refusal = z.object({ error_code: z.string().optional(), message: z.string().optional() }).catch({});

/** MLflow's tracking REST 2.0, https://mlflow.org/docs/latest/api_reference/rest-api.html */
export function createMlflow(settings: MlflowSettings, now: () => number = Date.now): MetricsTracker {
  const base = settings.url.replace(/\/?$/, "/");
  const { token, user } = settings;
  const headers: Record<string, string> =
    token === undefined
      ? {}
      : {
          authorization:
            user === undefined
              ? `Bearer ${token}`
              : `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`,
        };
  let experiments: { ids: readonly string[]; readAt: number } | undefined;

  async function call<T>(path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const url = new URL(`api/2.0/mlflow/${path}`, base);
    const answer = await callJson({ system: "MLflow", url, headers, ...(body !== undefined && { body }) });
    const parsed = schema.safeParse(answer.body);
    if (answer.status === 200 && parsed.success) return parsed.data;
    const { error_code: code, message } = refusal.parse(answer.body);
    throw new MetricsUnavailableError("MLflow", `${path}: ${message ?? code ?? `answers ${answer.status}`}`);
  }

  async function experimentIds(): Promise<readonly string[]> {
    if (experiments !== undefined && now() - experiments.readAt < EXPERIMENTS_KEPT_MS) return experiments.ids;
    const answer = await call("experiments/search", experimentsAnswer, { max_results: MOST_EXPERIMENTS });
    const ids = answer.experiments.map((one) => one.experiment_id);
    experiments = { ids, readAt: now() };
    return ids;
  }

  async function search(filter: string) {
    const ids = await experimentIds();
    if (ids.length === 0) return undefined;
    const body = { experiment_ids: ids, filter, max_results: 1, order_by: ["attributes.start_time DESC"] };
    return (await call("runs/search", runsAnswer, body)).runs[0];
  }

  async function history(runId: string, key: string): Promise<MetricPoint[]> {
    const points: MetricPoint[] = [];
    let pageToken: string | undefined;
    for (let page = 0; page < MOST_HISTORY_PAGES; page += 1) {
      const query = new URLSearchParams({
        run_id: runId,
        metric_key: key,
        max_results: String(HISTORY_PAGE),
        ...(pageToken !== undefined && { page_token: pageToken }),
      });
      const answer = await call(`metrics/get-history?${query.toString()}`, historyAnswer);
      for (const { value, timestamp = now(), step = 0 } of answer.metrics)
        if (Number.isFinite(value)) points.push({ step, value, atMs: timestamp });
      pageToken = answer.next_page_token;
      if (pageToken === undefined || pageToken === "") break;
    }
    // A step that was logged again, after a restart: the later one counts.
    const bySteps = new Map(points.toSorted((a, b) => a.atMs - b.atMs).map((point) => [point.step, point]));
    return [...bySteps.values()].toSorted((a, b) => a.step - b.step);
  }

  return {
    async find({ requestId, name }, { withHistory }) {
      const run =
        (await search(`tags.\`${RUN_TAG}\` = '${quoted(name)}'`)) ??
        (await search(`tags.\`${REQUEST_TAG}\` = '${quoted(requestId)}'`)) ??
        (await search(`attributes.run_name LIKE '%${quoted(name)}%'`));
      if (run === undefined) return undefined;
      const { run_id: runId, experiment_id: experimentId } = run.info;
      const latest = new Map(
        run.data.metrics.filter(({ value }) => Number.isFinite(value)).map((one) => [one.key, one]),
      );
      const newest = (metricName: MetricName) =>
        latest.get(settings.names[metricName].find((key) => latest.has(key)) ?? "");
      const pointsOf = async (metricName: MetricName): Promise<MetricPoint[]> => {
        const last = newest(metricName);
        if (last === undefined) return [];
        if (withHistory) return history(runId, last.key);
        return [{ step: last.step ?? 0, value: last.value, atMs: last.timestamp ?? now() }];
      };
      const [loss, evalLoss] = await Promise.all([pointsOf("loss"), pointsOf("evalLoss")]);
      const learningRate = newest("learningRate")?.value;
      const tokensPerSecond = newest("tokensPerSecond")?.value;
      const page = (settings.pageUrl ?? settings.url).replace(/\/$/, "");
      return {
        loss,
        evalLoss,
        ...(learningRate !== undefined && { learningRate }),
        ...(tokensPerSecond !== undefined && { tokensPerSecond }),
        links: [
          {
            title: "MLflow",
            url: `${page}/#/experiments/${encodeURIComponent(experimentId)}/runs/${encodeURIComponent(runId)}`,
          },
        ],
      };
    },
  };
}

/** Inside a filter's quotes. Ids and names have none; nothing else may end them either. */
function quoted(text: string): string {
  return text.replace(/['"`%\\]/g, "");
}
