import type { MetricsSummary } from "../../actions/training/metrics/summarise-metrics.ts";
import { escapeMrkdwn } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";

/** "loss 1.243 (-0.02 in 10 min) · lr 9.1e-6 · 14.2k tok/s · GPU 87 % · MLflow"; undefined where nothing is known. */
export function metricsLine(metrics: MetricsSummary | undefined, texts: Texts): string | undefined {
  if (metrics === undefined) return undefined;
  const {
    loss,
    lossChange: change,
    evalLoss,
    learningRate,
    tokensPerSecond,
    gpuPercent,
    links = [],
  } = metrics;
  const words = texts.metrics;
  const parts = [
    loss !== undefined &&
      words.loss(plain(loss), change && words.lossChange(signed(change.by), change.minutes)),
    evalLoss !== undefined && words.evalLoss(plain(evalLoss)),
    learningRate !== undefined && words.learningRate(small(learningRate)),
    tokensPerSecond !== undefined && words.tokensPerSecond(large(tokensPerSecond)),
    gpuPercent !== undefined && words.gpuUse(gpuPercent),
    ...links.map(({ title, url }) => `<${escapeMrkdwn(url).replaceAll("|", "%7C")}|${title}>`),
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : parts.join(" · ");
}

/** Four digits: 1.243. */
export function plain(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? small(value) : String(Number(value.toPrecision(4)));
}

function signed(value: number): string {
  return `${value >= 0 ? "+" : ""}${plain(Number(value.toPrecision(2)))}`;
}

/** 9.1e-6, as scripts are given it. */
function small(value: number): string {
  if (value === 0) return "0";
  return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
}

/** 14.2k. */
function large(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  return value >= 1e3 ? `${Number((value / 1e3).toPrecision(3))}k` : String(Number(value.toPrecision(3)));
}
