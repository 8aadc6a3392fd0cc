import type { Preview } from "../../actions/ports.ts";
import type { PreviewStart } from "../../actions/training/waiting/preview-outlook.ts";
import { escapeMrkdwn } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";

/** When a start may begin, what is free, and what it leaves of the quotas. */
export function outlookLines(preview: Preview, texts: Texts): readonly string[] {
  const { freeGpus, outlook = {} } = preview;
  const { start, quotaAfter = [] } = outlook;
  const lines: string[] = [];
  if (start !== undefined) {
    const free =
      freeGpus === undefined ? [] : [texts.waiting.freeOf(freeGpus.free, freeGpus.total, preview.gpuType)];
    lines.push(`*${texts.waiting.mayStart}*  ${[startLine(start, preview, texts), ...free].join(" · ")}`);
  } else if (freeGpus !== undefined)
    lines.push(`*${texts.freeNow}*  ${texts.freeLine(freeGpus.free, freeGpus.total)}`);
  if (quotaAfter.length > 0) {
    const quotas = quotaAfter.map(({ name, used, limit }) => texts.waiting.quota(name, used, limit));
    lines.push(`*${texts.waiting.quotaAfter}*  ${quotas.join(" · ")}`);
  }
  return lines;
}

function startLine(start: PreviewStart, { gpuType }: Preview, texts: Texts): string {
  const { waiting, hours } = texts;
  switch (start.kind) {
    case "now":
      return waiting.startsNow;
    case "after":
      return waiting.startsAfter(hours(start.fromHours), hours(start.toHours), start.waits);
    case "no-history":
      return waiting.startsUnknown(start.waits, start.needed);
    case "never":
      return waiting.startsNever(start.gpus, gpuType, start.largest);
  }
  return start satisfies never;
}

/** "12 GPU-hours", or "about 24 GPU-hours, 31,200 KRW". */
export function gpuHoursAndCost({ gpuHours, outlook }: Preview, texts: Texts): string {
  const hours = texts.gpuHours(gpuHours);
  if (outlook?.cost === undefined) return hours;
  const { amount, currency } = outlook.cost;
  const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: amount < 100 ? 2 : 0 });
  return texts.waiting.cost(hours, `${number.format(amount)} ${escapeMrkdwn(currency)}`);
}
