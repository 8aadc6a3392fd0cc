import type { SearchTrace } from "../../rag/ports.ts";
import type { AnswerMode } from "../../store/answer-tables.ts";
import { escapeMrkdwn, shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { link } from "./answer-card.ts";
import { context, section, type MessageView } from "./message.ts";

export interface AnswerReasons {
  mode: AnswerMode;
  model: string | null;
  tookMs: number;
  cited: readonly { number: number; url: string }[];
  /** What the reader may know of it. */
  trace: Omit<SearchTrace, "confidence"> & { confidence?: number };
}

/** Why an answer is as it is: what was searched for, what was found in which order, what of it was used, by whom, how fast. */
export function answerReasons(
  { mode, model, tookMs, cited, trace }: AnswerReasons,
  texts: Texts,
): MessageView {
  const words = trace.words.map((word) => `\`${escapeMrkdwn(word.replaceAll("`", "'"))}\``).join(" · ");
  const passages = trace.passages.map(({ source, score, isLeftOut }, index) => {
    const number = cited.find(({ url }) => url === source.url)?.number;
    const use =
      isLeftOut === true
        ? texts.answers.passageLeftOut
        : mode === "no-answer" || number === undefined
          ? texts.answers.unused
          : `[${number}]`;
    return `${index + 1}. ${link(source)} · ${score.toFixed(2)} · ${use}`;
  });
  const by =
    model !== null
      ? texts.modeGenerated(escapeMrkdwn(model))
      : mode === "extractive"
        ? texts.modeExtractive
        : "";
  const times = texts.answers.times((trace.tookMs / 1_000).toFixed(2), (tookMs / 1_000).toFixed(1));
  const title = texts.answers.why;
  return {
    text: title,
    blocks: [
      section(shorten(`*${title}*\n${texts.answers.searchedFor} ${words === "" ? "–" : words}`, 2_900)),
      ...(passages.length === 0
        ? [section(texts.answers.nothingSure)]
        : [section(shorten(`${texts.answers.passages}\n${passages.join("\n")}`, 2_900))]),
      context(
        [
          trace.confidence === undefined ? "" : texts.answers.confidence(trace.confidence.toFixed(2)),
          trace.vectors === undefined ? "" : texts.answers.vectors[trace.vectors],
          trace.reranked === undefined ? "" : texts.answers.reranked[trace.reranked],
          by,
          times,
        ]
          .filter((part) => part !== "")
          .join(" · "),
      ),
    ],
  };
}
