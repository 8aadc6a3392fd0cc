import type { RunSchedule } from "../../actions/training/engine-ports.ts";
import type { SchedulesOfPlace } from "../../actions/training/train-schedules.ts";
import { code, escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { section, type MessageView } from "./message.ts";

/** Of one platform in one place; more are counted. */
const MOST_SHOWN = 20;

export function scheduleList(
  places: readonly SchedulesOfPlace[],
  isSimulated: (cluster: string) => boolean,
  texts: Texts,
): MessageView {
  const told = places.filter(({ schedules, trouble }) => schedules.length > 0 || trouble !== undefined);
  if (told.length === 0) return { text: texts.runs.noSchedules, blocks: [section(texts.runs.noSchedules)] };
  const blocks = told.slice(0, 40).map(({ cluster, namespace, engine, schedules, trouble }) => {
    const place = `${code(`${cluster}/${namespace}`)} · ${engine}${isSimulated(cluster) ? ` (${texts.simulated})` : ""}`;
    const shown = schedules.slice(0, MOST_SHOWN).map((schedule) => lineOf(schedule, texts));
    const more = schedules.length - shown.length;
    if (more > 0) shown.push(texts.runs.moreSchedules(more));
    if (trouble !== undefined)
      shown.push(
        `⚠️ ${texts.runs.scheduleTrouble[trouble.kind]}: ${escapeMrkdwn(shorten(trouble.message, 300))}`,
      );
    return section(shorten([place, ...shown].join("\n"), 3_000));
  });
  const count = told.reduce((sum, { schedules }) => sum + schedules.length, 0);
  return {
    text: texts.runs.scheduleTitle(count),
    blocks: [section(`*${texts.runs.scheduleTitle(count)}*`), ...blocks],
  };
}

function lineOf(
  { name, crons, everySeconds, timeZone, isActive, lastAt }: RunSchedule,
  texts: Texts,
): string {
  const when = [
    ...crons.map(code),
    ...(everySeconds === undefined ? [] : [texts.runs.everySeconds(everySeconds)]),
    ...(timeZone === undefined ? [] : [escapeMrkdwn(timeZone)]),
  ].join(" ");
  const last =
    lastAt === undefined
      ? ""
      : ` · ${texts.runs.lastScheduled} ${slackTime(lastAt, "{date_short_pretty} {time}")}`;
  return `${isActive ? "🗓️" : "⏸️"} ${code(name)} ${when}${isActive ? "" : ` · ${texts.runs.scheduleSuspended}`}${last}`;
}
