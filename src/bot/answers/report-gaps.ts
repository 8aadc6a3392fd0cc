import type { Enqueue } from "../../jobs/create-jobs.ts";
import { findGaps } from "../../rag/find-gaps.ts";
import type { Locale, Store } from "../../store/database.ts";
import { addLine } from "../outbox.ts";
import { textsFor } from "../texts/texts.ts";
import { gapReport } from "../views/gap-report.ts";

const WEEK_MS = 7 * 86_400_000;

export interface GapReportSetting {
  /** Slack id. */
  channel: string;
  weekday: "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";
  /** 0 to 23, in that time zone. */
  hour: number;
  timeZone: string;
  locale: Locale;
}

/**
 * Once a week, on its day from its hour on: which questions of the last seven days had no good answer. The line's key is the
 * day, so it is said once, however many processes ask and however often they start. A week without a gap is told of, too.
 */
export async function reportGaps(
  deps: { store: Store; enqueue: Enqueue; now(): Date },
  setting: GapReportSetting,
): Promise<"reported" | "not-due"> {
  const now = deps.now();
  const day = dueDay(now, setting);
  if (day === undefined) return "not-due";
  const { channel } = setting;
  const key = `gap-report.${channel}.${day}`;
  const known = await deps.store.selectFrom("outbox").select("id").where("key", "=", key).executeTakeFirst();
  if (known !== undefined) return "not-due";
  const gaps = await findGaps(deps.store, new Date(now.getTime() - WEEK_MS));
  const view = gapReport(gaps, channel, textsFor(setting.locale));
  await addLine(deps.store, { key, channel, view });
  await deps.enqueue("deliver-outbox", { channel }, { deduplicationKey: key });
  return "reported";
}

/** "2026-11-23", where it is that weekday and late enough there. */
function dueDay(now: Date, { weekday, hour, timeZone }: GapReportSetting): string | undefined {
  const parts = new Map(
    new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
    })
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  if (parts.get("weekday")?.toLowerCase() !== weekday || Number(parts.get("hour")) < hour) return undefined;
  return `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
}
