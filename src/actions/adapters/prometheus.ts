import { z } from "zod";
import {
  MetricsUnavailableError,
  type GpuMonitor,
  type GpuSample,
  type GpuUse,
} from "../training/metrics-ports.ts";
import { callJson } from "./call-json.ts";

export interface PrometheusSettings {
  url: string;
  /** A bearer token. */
  token?: string | undefined;
  /** PromQL that gives percent by a label `pod` or `exported_pod`; $namespace and $pods stand for the run's. Default: DCGM's. */
  gpuQuery?: string | undefined;
}

/**
 * What the DCGM exporter calls the use of a GPU, the best first: since 4.9 a ratio, before in percent; with MIG only the
 * engine's activity. https://github.com/NVIDIA/dcgm-exporter
 */
const DCGM_NAMES: Readonly<Record<string, "ratio" | "percent">> = {
  DCGM_FI_DEV_GPU_UTIL_RATIO: "ratio",
  DCGM_FI_DEV_GPU_UTIL: "percent",
  DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO: "ratio",
  DCGM_FI_PROF_GR_ENGINE_ACTIVE: "ratio",
};
/** Labels of the pod that uses the GPU: as scraped, and with honorLabels. */
const LABELS = [
  ["exported_namespace", "exported_pod"],
  ["namespace", "pod"],
] as const;

const STEP_S = 30;
const NAMES_KEPT_MS = 300_000;

const envelope = z.union([
  z.looseObject({ status: z.literal("success"), data: z.unknown() }),
  z.looseObject({ status: z.literal("error"), errorType: z.string(), error: z.string() }),
]);
const namesAnswer = z.array(z.string());
const matrix = z.looseObject({
  resultType: z.literal("matrix"),
  result: z.array(
    z.looseObject({
      metric: z.record(z.string(), z.string()),
      /** Seconds since 1970, and a number as text: "NaN" and "+Inf" too. */
      values: z.array(z.tuple([z.number(), z.string()])),
    }),
  ),
});

/** Prometheus' HTTP API, https://prometheus.io/docs/prometheus/latest/querying/api/ */
export function createPrometheus(
  settings: PrometheusSettings,
  now: () => number = Date.now,
): GpuMonitor & { probe(): Promise<readonly string[]> } {
  const base = settings.url.replace(/\/?$/, "/");
  const headers: Record<string, string> =
    settings.token === undefined ? {} : { authorization: `Bearer ${settings.token}` };
  let known: { names: readonly string[]; readAt: number } | undefined;

  async function call<T>(
    path: string,
    query: Readonly<Record<string, string>>,
    schema: z.ZodType<T>,
  ): Promise<T> {
    const url = new URL(`api/v1/${path}?${new URLSearchParams(query).toString()}`, base);
    const { status, body } = await callJson({ system: "Prometheus", url, headers });
    const answer = envelope.safeParse(body);
    if (answer.success && answer.data.status === "error")
      throw new MetricsUnavailableError("Prometheus", `${answer.data.errorType}: ${answer.data.error}`);
    const data = schema.safeParse(answer.success ? answer.data.data : undefined);
    if (status !== 200 || !data.success)
      throw new MetricsUnavailableError("Prometheus", `${path} answers ${status}, not as expected`);
    return data.data;
  }

  /** Which of DCGM's names there are. */
  async function probe(): Promise<readonly string[]> {
    if (known !== undefined && now() - known.readAt < NAMES_KEPT_MS) return known.names;
    const all = Object.keys(DCGM_NAMES);
    const selector = `{__name__=~"${all.join("|")}"}`;
    const found = await call("label/__name__/values", { "match[]": selector }, namesAnswer);
    const names = all.filter((name) => found.includes(name));
    // None yet: the exporter may come later.
    known = { names, readAt: names.length === 0 ? 0 : now() };
    return names;
  }

  async function queryOf(namespace: string, pods: string): Promise<string | undefined> {
    if (settings.gpuQuery !== undefined)
      return settings.gpuQuery.replaceAll("$namespace", namespace).replaceAll("$pods", pods);
    const names = await probe();
    const parts = names.flatMap((name) =>
      LABELS.map(([namespaceLabel, podLabel]) => {
        const selector = `${name}{${namespaceLabel}="${namespace}",${podLabel}=~"${pods}"}`;
        const percent = DCGM_NAMES[name] === "ratio" ? `100 * ${selector}` : selector;
        return `label_replace(avg by (${podLabel}) (${percent}), "run_pod", "$1", "${podLabel}", "(.*)")`;
      }),
    );
    // Of a pod that has both names, the first counts.
    return parts.length === 0 ? undefined : `avg by (run_pod) (${parts.join(" or on (run_pod) ")})`;
  }

  return {
    probe,
    async useOf({ namespace, name }, minutes) {
      const query = await queryOf(inQuotes(namespace), inQuotes(`${literal(name)}(-.*)?`));
      if (query === undefined) return [];
      const end = Math.floor(now() / 1_000);
      const answer = await call(
        "query_range",
        { query, start: String(end - minutes * 60), end: String(end), step: String(STEP_S), timeout: "4s" },
        matrix,
      );
      return answer.result.flatMap(({ metric, values }): GpuUse[] => {
        const pod = metric["run_pod"] ?? metric["exported_pod"] ?? metric["pod"];
        const samples = values.flatMap(([seconds, text]): GpuSample[] => {
          const percent = Number(text);
          return Number.isFinite(percent) ? [{ atMs: seconds * 1_000, percent }] : [];
        });
        return pod === undefined || samples.length === 0 ? [] : [{ pod, samples }];
      });
    },
  };
}

/** Inside PromQL's double quotes. */
function inQuotes(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** As a piece of RE2 that means itself. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
