const WEEKDAYS: readonly (readonly string[])[] = [
  ["sun", "sunday", "일", "일요일"],
  ["mon", "monday", "월", "월요일"],
  ["tue", "tuesday", "화", "화요일"],
  ["wed", "wednesday", "수", "수요일"],
  ["thu", "thursday", "목", "목요일"],
  ["fri", "friday", "금", "금요일"],
  ["sat", "saturday", "토", "토요일"],
];
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
const DAY_MS = 86_400_000;
/** A day means its evening. */
const EVENING = { hour: 18, minute: 0 };

/**
 * "12h", "3d", "18:00", "fri", "금", "2026-11-27": the moment that a person in that time zone means, always in the future; undefined when it
 * is none of these or has passed.
 */
export function readDeadline(text: string, now: Date, timeZone: string): Date | undefined {
  const given = text.trim().toLowerCase();
  const duration = /^(\d{1,4})([hdw])$/.exec(given);
  if (duration !== null) {
    const lengthMs = Number(duration[1]) * (UNIT_MS[duration[2] ?? ""] ?? 0);
    return lengthMs > 0 ? new Date(now.getTime() + lengthMs) : undefined;
  }
  const today = localDate(now, timeZone);
  const clock = /^(\d{1,2}):(\d{2})$/.exec(given);
  if (clock !== null) {
    const [hour, minute] = [Number(clock[1]), Number(clock[2])];
    if (hour > 23 || minute > 59) return undefined;
    const at = inZone({ ...today, hour, minute }, timeZone);
    return at > now ? at : inZone({ ...today, day: today.day + 1, hour, minute }, timeZone);
  }
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(given);
  if (date !== null) {
    const [year, month, day] = [Number(date[1]), Number(date[2]), Number(date[3])];
    const at = inZone({ year, month, day, ...EVENING }, timeZone);
    const shown = localDate(at, timeZone);
    return shown.month === month && shown.day === day && at > now ? at : undefined;
  }
  const weekday = WEEKDAYS.findIndex((names) => names.includes(given));
  if (weekday === -1) return undefined;
  for (let ahead = 0; ahead <= 7; ahead += 1) {
    const at = inZone({ ...today, day: today.day + ahead, ...EVENING }, timeZone);
    const { year, month, day } = localDate(at, timeZone);
    if (at > now && new Date(Date.UTC(year, month - 1, day)).getUTCDay() === weekday) return at;
  }
  return undefined;
}

interface LocalDate {
  year: number;
  /** 1 to 12. */
  month: number;
  /** May lie beyond the month's end: it is counted on. */
  day: number;
}

function localDate(at: Date, timeZone: string): LocalDate {
  const { year, month, day } = partsOf(at, timeZone);
  return { year, month, day };
}

/** The moment at which clocks of that zone show this. In the hour that a change of clocks leaves out, an hour later. */
function inZone(wanted: LocalDate & { hour: number; minute: number }, timeZone: string): Date {
  const asUtcMs = Date.UTC(wanted.year, wanted.month - 1, wanted.day, wanted.hour, wanted.minute);
  let guessMs = asUtcMs;
  // The offset at the guess may not be the one at the moment meant: twice is enough for every zone.
  for (let round = 0; round < 2; round += 1) guessMs = asUtcMs - offsetMs(new Date(guessMs), timeZone);
  return new Date(guessMs);
}

function offsetMs(at: Date, timeZone: string): number {
  const { year, month, day, hour, minute, second } = partsOf(at, timeZone);
  const shownMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return Math.max(-DAY_MS, Math.min(DAY_MS, shownMs - Math.floor(at.getTime() / 1_000) * 1_000));
}

function partsOf(at: Date, timeZone: string) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return {
    year: get("year"),
    month: get("month"),
    day: get("day"),
    hour: get("hour"),
    minute: get("minute"),
    second: get("second"),
  };
}
