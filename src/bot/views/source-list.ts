import type { SourceState } from "../../rag/source-state.ts";
import { code, escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { bar, section, type MessageView } from "./message.ts";

const WHEN = "{date_short_pretty} {time}";
const SHOWN_SOURCES = 20;
const SHOWN_PATHS = 5;

/** Each source with its latest sync, and what was left out with its reason. */
export function sourceList(states: readonly SourceState[], texts: Texts): MessageView {
  const words = texts.sources;
  if (states.length === 0) return { text: words.none, blocks: [section(words.none)] };
  const shown = states.slice(0, SHOWN_SOURCES);
  const rest = states.length - shown.length;
  return {
    text: shorten(`${words.title}: ${shown.map(({ source }) => source).join(", ")}`, 300),
    blocks: [
      section(`*${words.title}*`),
      ...shown.map((state) =>
        section(shorten([headOf(state, texts), ...pathsOf(state, texts)].join("\n"), 2_900)),
      ),
      ...(rest > 0 ? [section(words.more(rest))] : []),
    ],
  };
}

/** The message of a sync that somebody asked for. `state` undefined: it has not begun. */
export function syncProgress(
  source: string,
  state: SourceState | undefined,
  phase: "going" | "ended" | "slow",
  texts: Texts,
): MessageView {
  const words = texts.sources;
  if (phase === "slow") return { text: words.notEnded(source), blocks: [section(words.notEnded(source))] };
  const isOver = phase === "ended" && state?.state !== "failed";
  const title = isOver ? words.ended(source) : words.syncing(source);
  const lines =
    state === undefined
      ? [words.waitsForTurn]
      : [headOf(state, texts), ...(phase === "ended" ? pathsOf(state, texts) : [])];
  return { text: title, blocks: [section(shorten([`*${title}*`, ...lines].join("\n"), 2_900))] };
}

function headOf(state: SourceState, texts: Texts): string {
  const words = texts.sources;
  const facts = [
    words.pages(state.pages),
    ...(state.state === "done" && state.isPartial !== true
      ? [words.changed(state.written, state.deleted)]
      : []),
    ...(state.leftOut > 0 ? [words.leftOut(state.leftOut)] : []),
    ...((state.withoutVectors ?? 0) > 0 ? [words.withoutVectors(state.withoutVectors ?? 0)] : []),
  ];
  return [`*${escapeMrkdwn(state.source)}*`, howItGoes(state, texts), ...facts].join(" · ");
}

function howItGoes(state: SourceState, texts: Texts): string {
  const words = texts.sources;
  const ended = state.endedAt === undefined ? "" : slackTime(state.endedAt, WHEN);
  switch (state.state) {
    case "never":
      return words.never;
    case "interrupted":
      return `⚠️ ${words.interrupted}`;
    case "running":
      return `${bar(state.total === 0 ? 0 : state.done / state.total)} ${words.running(state.done, state.total)}`;
    case "done":
      return `✅ ${words.synced(ended)}`;
    case "failed":
      return `⚠️ ${words.failed(ended, state.error ?? "")}`;
  }
  return state.state satisfies never;
}

function pathsOf(state: SourceState, texts: Texts): string[] {
  const words = texts.sources;
  const shown = state.leftOutPaths.slice(0, SHOWN_PATHS);
  const rest = state.leftOut - shown.length;
  return [
    ...shown.map(
      ({ path, reason }) =>
        `    ${code(shorten(path, 150))} ${words.reasons[reason] ?? escapeMrkdwn(reason)}`,
    ),
    ...(rest > 0 ? [`    ${words.more(rest)}`] : []),
  ];
}
