import { z } from "zod";

/** When and where the weekly report of unanswered questions is posted. */
export const gapReportSchema = z.strictObject({
  channel: z.string().regex(/^[CG][A-Z0-9]+$/, "a Slack id such as C0123ABCD"),
  weekday: z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]).default("mon"),
  hour: z.int().min(0).max(23).default(9),
  timeZone: z.string().refine(isTimeZone, "a time zone such as Asia/Seoul").default("UTC"),
  locale: z.enum(["en", "ko"]).default("en"),
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
