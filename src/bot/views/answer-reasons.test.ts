import { expect, it } from "vitest";
import { textsFor } from "../texts/texts.ts";
import { answerReasons } from "./answer-reasons.ts";

const source = {
  documentId: "d",
  title: "Retry",
  headings: ["Retry"],
  url: "https://docs.example.com/retry",
};
const reasonsOf = (more: object, locale: "en" | "ko" = "en") =>
  JSON.stringify(
    answerReasons(
      {
        mode: "generated",
        model: "qwen3",
        tookMs: 900,
        cited: [],
        trace: { words: ["retry"], confidence: 0.8, passages: [{ source, score: 1 }], tookMs: 90, ...more },
      },
      textsFor(locale),
    ),
  );

it("tells whether meaning was looked at, and why not", () => {
  expect(reasonsOf({ vectors: "used" })).toContain("by words and by meaning");
  expect(reasonsOf({ vectors: "late" })).toContain("by words alone: the embedder took too long");
  expect(reasonsOf({ vectors: "resting" }, "ko")).toContain("단어로만 검색");
  expect(reasonsOf({})).not.toContain("by words");
});

it("tells whose order it is, and which passages the model was not given", () => {
  expect(reasonsOf({ reranked: "away" })).toContain("our own order");
  expect(reasonsOf({ passages: [{ source, score: 1, isLeftOut: true }] })).toContain(
    "more than the model reads",
  );
});
