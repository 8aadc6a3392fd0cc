import type { RunDifference } from "../../actions/training/train-diff.ts";
import type { PastRun } from "../../actions/training/train-history.ts";
import { code, shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, button, section, type MessageView } from "./message.ts";
import { runLine } from "./run-line.ts";
import { parametersOf } from "./run-parts.ts";

export function runHistory(
  past: readonly PastRun[],
  isSimulated: (cluster: string) => boolean,
  texts: Texts,
): MessageView {
  if (past.length === 0) return { text: texts.runs.noHistory, blocks: [section(texts.runs.noHistory)] };
  const lines = past.map(({ run, parameters }) => {
    const given = Object.keys(parameters).length === 0 ? texts.runs.defaults : parametersOf(parameters);
    return `${runLine(run, isSimulated(run.cluster), texts)}  ${code(run.name)} <@${run.owner}> · ${given}`;
  });
  const blocks = [section(`*${texts.runs.historyTitle}*`)];
  for (let index = 0; index < lines.length; index += 5)
    blocks.push(section(shorten(lines.slice(index, index + 5).join("\n"), 3_000)));
  return { text: shorten(`${texts.runs.historyTitle}: ${lines[0] ?? ""}`, 300), blocks };
}

export function runDifference({ runs, changes }: RunDifference, texts: Texts): MessageView {
  const [first, second] = runs;
  const title = texts.runs.diffTitle(code(first.name), code(second.name));
  const lines =
    changes.length === 0
      ? texts.runs.noDiff
      : changes.map(({ path, from, to }) => `${code(path)} ${code(from)} → ${code(to)}`).join("\n");
  return {
    text: shorten(title, 300),
    blocks: [
      section(`*${title}*`),
      section(shorten(lines, 3_000)),
      actions(button("run.again", texts.runs.buttonAgain, second.id)),
    ],
  };
}
