import type { Transaction } from "kysely";
import type { MeasuredRun } from "../actions/training/metrics/measure-run.ts";
import type { Database } from "../store/database.ts";
import { said } from "./bot-deps.ts";
import { lossChart } from "./loss-chart.ts";
import { addLine } from "./outbox.ts";
import { textsFor } from "./texts/texts.ts";

/** A shorter history says nothing that the last value does not. */
const POINTS_OF_A_CHART = 10;

/** What is worth a reply in a run's thread: its chart at the end, and GPUs that idle, once for each time they do. */
export async function tellMetrics(
  transaction: Transaction<Database>,
  { request, run, series, idle }: MeasuredRun,
): Promise<void> {
  const texts = textsFor(request.locale);
  const place = {
    channel: request.channel,
    fallbackUser: request.requester,
    under: { subject: `request:${request.id}`, purpose: "card" },
    ...(request.thread_ts !== null && { threadTs: request.thread_ts }),
  };
  if (run.ended_at !== null && (series.loss?.length ?? 0) >= POINTS_OF_A_CHART) {
    const chart = lossChart(run, series, texts);
    if (chart !== undefined)
      await addLine(transaction, { ...place, key: `chart.${run.id}.${run.attempt}`, ...chart });
  }
  if (idle !== undefined && run.ended_at === null) {
    const { percent, minutes, reason } = idle.verdict;
    const words = texts.metrics;
    await addLine(transaction, {
      ...place,
      key: `low-gpu.${run.id}.${idle.since.getTime()}`,
      view: said(words.lowGpu(`<@${run.owner}>`, percent, minutes, words.lowGpuReason(reason))),
    });
  }
}
