/** How a reader sees times. */
export interface Reader {
  readonly locale: string;
  /** IANA name. */
  readonly tz: string;
}

type Options = Intl.DateTimeFormatOptions;

const tokens: Readonly<Record<string, Options | undefined>> = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  date_pretty: { year: "numeric", month: "long", day: "numeric" },
  date_short_pretty: { year: "numeric", month: "short", day: "numeric" },
  date_long_pretty: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  day_divider_pretty: { weekday: "long", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

/** Slack's date format, e.g. "{date_pretty} {time}", in the reader's language and time zone. */
export function formatDate(format: string, seconds: number, reader: Reader, nowMs = Date.now()): string {
  return format.replaceAll(/\{(\w+)\}/g, (whole, token: string) => {
    if (token === "ago") return relativeTime(seconds, reader, nowMs);
    const options = tokens[token];
    if (!options) return whole;
    if (token === "date_num") return dayOf(seconds * 1_000, reader.tz);
    const pretty = token.endsWith("_pretty") ? nearDay(seconds * 1_000, reader, nowMs) : undefined;
    return pretty ?? formatter(reader, options).format(seconds * 1_000);
  });
}

export function timeOf(ts: string, reader: Reader): string {
  return formatDate("{time}", Number(ts), reader);
}

/** The calendar day in that zone as YYYY-MM-DD. */
export function dayOf(ms: number, tz: string): string {
  return formatter({ locale: "en-CA", tz }, { year: "numeric", month: "2-digit", day: "2-digit" }).format(ms);
}

const dayMs = 86_400_000;

function nearDay(ms: number, reader: Reader, nowMs: number): string | undefined {
  const days = Math.round((Date.parse(dayOf(ms, reader.tz)) - Date.parse(dayOf(nowMs, reader.tz))) / dayMs);
  if (Math.abs(days) > 1) return undefined;
  return new Intl.RelativeTimeFormat(reader.locale, { numeric: "auto" }).format(days, "day");
}

function relativeTime(seconds: number, reader: Reader, nowMs: number): string {
  const passed = seconds - nowMs / 1_000;
  const format = new Intl.RelativeTimeFormat(reader.locale, { numeric: "auto" });
  const size = Math.abs(passed);
  if (size < 60) return format.format(Math.round(passed), "second");
  if (size < 3_600) return format.format(Math.round(passed / 60), "minute");
  if (size < 86_400) return format.format(Math.round(passed / 3_600), "hour");
  return format.format(Math.round(passed / 86_400), "day");
}

/** Seconds since 1970 of a wall-clock time such as "2026-03-01T09:30" in that zone. */
export function secondsOf(wallTime: string, tz: string): number | undefined {
  const guess = Date.parse(`${wallTime}Z`);
  if (Number.isNaN(guess)) return undefined;
  // The offset is asked for twice because it may differ between the guess and the answer, at a change of summer time.
  const first = guess - offsetMs(guess, tz);
  return Math.floor((guess - offsetMs(first, tz)) / 1_000);
}

/** The wall-clock time in that zone as an input of type datetime-local takes it. */
export function wallTimeOf(seconds: number, tz: string): string {
  return new Date(seconds * 1_000 + offsetMs(seconds * 1_000, tz)).toISOString().slice(0, 16);
}

function offsetMs(ms: number, tz: string): number {
  const name = new Intl.DateTimeFormat("en-US", { timeZone: tz, timeZoneName: "longOffset" })
    .formatToParts(ms)
    .find((part) => part.type === "timeZoneName")?.value;
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name ?? "");
  if (!match) return 0;
  const size = (Number(match[2]) * 60 + Number(match[3])) * 60_000;
  return match[1] === "-" ? -size : size;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(reader: Reader, options: Options): Intl.DateTimeFormat {
  const key = `${reader.locale} ${reader.tz} ${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(reader.locale, { ...options, timeZone: reader.tz });
  formatters.set(key, made);
  return made;
}
