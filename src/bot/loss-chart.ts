import type { RunRow } from "../actions/training/find-run.ts";
import type { StoredSeries } from "../actions/training/metrics/look-at-metrics.ts";
import { drawLossChart } from "./chart/draw-loss-chart.ts";
import { escapeMrkdwn, shorten } from "./escape.ts";
import type { OutboxLine } from "./outbox.ts";
import type { Texts } from "./texts/texts.ts";
import { metricsLine, plain } from "./views/metrics-line.ts";
import { detailOf } from "./views/run-parts.ts";

/** The chart of a run's loss as a file with the words above it; undefined without two points. */
export function lossChart(
  run: RunRow,
  { loss = [], evalLoss = [] }: StoredSeries,
  texts: Texts,
): Pick<OutboxLine, "view" | "file"> | undefined {
  const [first] = loss;
  const last = loss.at(-1);
  if (first === undefined || last === undefined || loss.length < 2) return undefined;
  const words = texts.metrics;
  const title = shorten(words.chartTitle(run.title), 200);
  const lastEval = evalLoss.at(-1);
  const altText = words.chartAlt(run.title, loss.length, plain(first.value), plain(last.value), last.step);
  const line = metricsLine(detailOf(run).metrics, texts);
  const text = `*${escapeMrkdwn(title)}*${line === undefined ? "" : `\n${line}`}`;
  return {
    view: { text, blocks: [] },
    file: {
      name: `${run.name}-loss.png`,
      title,
      locale: texts.locale,
      altText: shorten(altText + (lastEval === undefined ? "" : words.chartEval(plain(lastEval.value))), 900),
      contentBase64: drawLossChart({ loss, evalLoss }).toString("base64"),
    },
  };
}
