import type { ReadOutput } from "../../actions/registry.ts";
import { maskSecrets } from "../../actions/training/failures/mask-secrets.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { lossChart } from "../loss-chart.ts";
import { addLine, type OutboxLine } from "../outbox.ts";
import { placeOfRun } from "../place-of-run.ts";
import type { MessageView } from "../views/message.ts";
import { LONGEST_LOG, logText, runLogs } from "../views/run-logs.ts";

/** Slack shows a preview of it; whoever wants more asks the cluster. */
const MOST_FILE_CHARACTERS = 1_000_000;

/** The chart of a run, for everybody in its thread. */
export async function answerWithChart(
  context: HandlingContext,
  { run, series }: ReadOutput<"train-chart">,
): Promise<MessageView | undefined> {
  const { id, texts } = context;
  const chart = lossChart(run, series, texts);
  if (chart === undefined) return said(texts.metrics.chartMissing(run.name));
  const { kind, place } = await placeOfRun(context, run);
  await send(context, { ...place, key: `chart.${id}`, ...chart });
  return kind === "here" ? undefined : said(texts.metrics.chartSent[kind]);
}

/** The last lines of a log; what is longer than a message comes as a file too, to the same eyes. */
export async function answerWithLogs(
  context: HandlingContext,
  output: ReadOutput<"train-logs">,
): Promise<MessageView> {
  const { delivery, id, texts } = context;
  const { run } = output;
  const text = logText(output.lines);
  const isPrivate = delivery.command !== undefined || delivery.actionId !== undefined;
  const isLong = text.length > LONGEST_LOG;
  const isDirectFile = isPrivate && !delivery.direct;
  const view = runLogs(output, isLong ? (isDirectFile ? "direct-file" : "file") : undefined, texts);
  if (!isLong) return view;
  const threadTs = delivery.threadTs ?? (delivery.direct ? undefined : delivery.ts);
  await send(context, {
    ...(isDirectFile
      ? { channel: delivery.user }
      : {
          channel: delivery.channel,
          fallbackUser: delivery.user,
          ...(threadTs !== undefined && { threadTs }),
        }),
    key: `log.${id}`,
    view: { text: "", blocks: [] },
    file: {
      name: `${run.name}.log`,
      title: texts.metrics.logsFile(run.name),
      locale: texts.locale,
      contentBase64: Buffer.from(maskSecrets(text.slice(-MOST_FILE_CHARACTERS)), "utf8").toString("base64"),
    },
  });
  return view;
}

/** The row first, then the bell: the sweeper rings for it otherwise. */
async function send({ deps }: HandlingContext, line: OutboxLine): Promise<void> {
  await addLine(deps.store, line);
  await deps.enqueue("deliver-outbox", { channel: line.channel }, { deduplicationKey: line.key });
}
