import type { LogLine } from "../../actions/training/engine-ports.ts";
import type { RunRow } from "../../actions/training/find-run.ts";
import { maskSecrets } from "../../actions/training/failures/mask-secrets.ts";
import { code, codeBlock, escapeMrkdwn } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, button, section, type MessageView } from "./message.ts";
import { LONGEST_LOG, logText } from "./run-logs.ts";

/** The message of a log that is followed: its last lines and a button that stops it, which is gone at the end. */
export function followedLogs(
  follow: {
    run: RunRow | undefined;
    filter: string;
    /** Undefined: they cannot be seen now. */
    lines: readonly LogLine[] | undefined;
    followId: string;
  },
  because: "stopped" | "time" | "run-ended" | "refused" | undefined,
  texts: Texts,
): MessageView {
  const { run, filter, lines, followId } = follow;
  const words = texts.metrics;
  const name = run === undefined ? "" : `${texts.logsTitle(escapeMrkdwn(run.title))} · ${code(run.name)}`;
  const title = because === undefined ? words.following(name, filter) : words.followed(name, filter, because);
  const text = maskSecrets(logText(lines ?? []));
  const nothing = filter === "" ? texts.noLogs : words.noMatch(filter);
  return {
    text: title,
    blocks: [
      section(`*${title}*`),
      ...(lines === undefined ? [] : [section(text === "" ? nothing : codeBlock(text, LONGEST_LOG))]),
      ...(because === undefined ? [actions(button("follow.stop", words.buttonStop, followId))] : []),
    ],
  };
}
