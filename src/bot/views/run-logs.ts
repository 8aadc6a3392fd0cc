import type { ReadOutput } from "../../actions/registry.ts";
import type { LogLine } from "../../actions/training/engine-ports.ts";
import { maskSecrets } from "../../actions/training/failures/mask-secrets.ts";
import { code, codeBlock, escapeMrkdwn } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { context, section, type MessageView } from "./message.ts";

/** Characters of a log in a message: a section takes 3,000. */
export const LONGEST_LOG = 2_800;

/** Each line behind its pod, where there are several. */
export function logText(lines: readonly LogLine[]): string {
  const several = new Set(lines.map(({ pod }) => pod)).size > 1;
  return lines.map(({ pod, text }) => (several ? `${pod}: ${text}` : text)).join("\n");
}

export function runLogs(
  { run, lines, grep }: ReadOutput<"train-logs">,
  /** Where the whole is, if it is longer than a message. */
  whole: "file" | "direct-file" | undefined,
  texts: Texts,
): MessageView {
  const words = texts.metrics;
  const filter = grep === undefined ? "" : ` · ${words.filtered(grep)}`;
  const title = `${texts.logsTitle(escapeMrkdwn(run.title))} · ${code(run.name)}${filter}`;
  const text = maskSecrets(logText(lines));
  const nothing =
    grep !== undefined ? words.noMatch(grep) : run.ended_at === null ? texts.noLogs : texts.logsGone;
  return {
    text: title,
    blocks: [
      section(`*${title}*`),
      section(text === "" ? nothing : codeBlock(text, LONGEST_LOG)),
      ...(whole === undefined ? [] : [context(whole === "file" ? words.logsAsFile : words.logsAsDirectFile)]),
    ],
  };
}
