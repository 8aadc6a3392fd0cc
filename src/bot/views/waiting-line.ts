import type { Preview } from "../../actions/ports.ts";
import type { RunRow } from "../../actions/training/find-run.ts";
import { explainWaiting, explainWords } from "../../actions/training/waiting/explain-waiting.ts";
import type { Texts } from "../texts/texts.ts";
import type { MessageView } from "./message.ts";
import { section } from "./message.ts";
import { runLine } from "./run-line.ts";
import { detailOf } from "./run-parts.ts";

const WORTH_A_PING_MS = 2 * 60_000;
/** A start that is seen this late is no news. */
const NEWS_MS = 3_600_000;

/** Why a queued run waits, in one line in the reader's language; undefined where nothing is known, or it does not wait. */
export function waitingLine(
  run: RunRow,
  texts: Texts,
  preview?: Pick<Preview, "gpuType" | "outlook">,
): string | undefined {
  const { queue, suspended } = detailOf(run);
  if (run.state !== "queued" || suspended === true) return undefined;
  if (queue !== undefined) {
    const why = texts.waiting.reason(explainWaiting({ podGpus: run.gpus, queue }));
    if (queue.place === undefined) return why;
    return `${texts.waiting.place(queue.place, queue.of ?? queue.place, queue.queue)}: ${why}`;
  }
  if (run.reason === null || run.reason === "") return undefined;
  const gpuType = preview?.gpuType;
  return texts.waiting.reason(
    explainWords(run.reason, {
      podGpus: preview?.outlook?.podGpus ?? run.gpus,
      ...(gpuType !== undefined && { gpuType }),
    }),
  );
}

/** How long it waited, where its start is worth a ping; once for each run. */
export function waitWorthAPing(run: RunRow): number | undefined {
  const { created_at: created, started_at: started, observed_at: observed } = run;
  if (run.state !== "running" || started === null || observed === null) return undefined;
  const waitedMs = started.getTime() - created.getTime();
  const isNews = observed.getTime() - started.getTime() < NEWS_MS;
  return waitedMs >= WORTH_A_PING_MS && isNews ? waitedMs : undefined;
}

export function startedNotice(run: RunRow, waitedMs: number, texts: Texts): MessageView {
  const line = runLine({ ...run, progress: null }, run.simulated, texts);
  const text = `<@${run.owner}> ${texts.waiting.startedAfter(line, texts.hours(waitedMs / 3_600_000))}`;
  return { text, blocks: [section(text)] };
}
