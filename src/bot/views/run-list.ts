import type { RunRow } from "../../actions/training/find-run.ts";
import { code, escapeMrkdwn, shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { context, section, type MessageView } from "./message.ts";
import { runLine } from "./run-line.ts";
import { runButtons } from "./run-buttons.ts";
import { runParts } from "./run-parts.ts";
import { waitingLine } from "./waiting-line.ts";

export function runList(
  runs: readonly RunRow[],
  simulated: (cluster: string) => boolean,
  texts: Texts,
): MessageView {
  if (runs.length === 0) return { text: texts.noRuns, blocks: [section(texts.noRuns)] };
  const lines = runs.map(
    (run) =>
      `${runLine(run, simulated(run.cluster), texts)}  ${code(run.name)} <@${run.owner}> · ${run.gpus} GPU`,
  );
  const blocks = [section(`*${texts.runsTitle}*`)];
  for (let index = 0; index < lines.length; index += 5)
    blocks.push(section(shorten(lines.slice(index, index + 5).join("\n"), 3_000)));
  return { text: shorten(`${texts.runsTitle}: ${lines[0] ?? ""}`, 300), blocks };
}

export function runDetails(run: RunRow, simulated: boolean, texts: Texts): MessageView {
  const first = runLine(run, simulated, texts);
  const why = waitingLine(run, texts) ?? (run.reason && escapeMrkdwn(shorten(run.reason, 900)));
  return {
    text: first,
    blocks: [
      section(`*${first}*`),
      ...runParts(run, texts),
      ...(why === null || why === "" ? [] : [section(shorten(why, 2_900))]),
      context(
        `<@${run.owner}>`,
        code(run.name),
        `${run.gpus} GPU · ${escapeMrkdwn(run.cluster)} / ${escapeMrkdwn(run.namespace)}`,
      ),
      runButtons(run, texts),
    ],
  };
}
