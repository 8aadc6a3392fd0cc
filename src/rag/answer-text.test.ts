import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAnswerText, type AnswerPiece } from "./answer-text.ts";

function write(parts: readonly string[], passages = 3): AnswerPiece[] {
  const answer = createAnswerText({ passages, locale: "en" });
  return [...parts.flatMap((part) => answer.push(part)), ...answer.end()];
}
const textOf = (pieces: readonly AnswerPiece[]): string =>
  pieces.map((piece) => (piece.kind === "text" ? piece.text : "")).join("");
const citationsOf = (pieces: readonly AnswerPiece[]) =>
  pieces.flatMap((piece) => (piece.kind === "citation" ? [[piece.number, piece.passage]] : []));

describe("createAnswerText", () => {
  it("numbers citations by their first use and tells each once", () => {
    const pieces = write(["First [3], then [1][3] and [2, 1]."]);

    expect(textOf(pieces)).toBe("First [1], then [2] [1] and [3] [2].");
    expect(citationsOf(pieces)).toEqual([
      [1, 2],
      [2, 0],
      [3, 1],
    ]);
  });

  it.each([
    ["drops citations of nothing", "So [7] it [0] is [99].", "So it is."],
    ["knows other brackets", "So【1】 it is [^2].", "So [1] it is [2]."],
    ["keeps indexes in code", "Use `args[1]` [1].", "Use `args[1]` [1]."],
    [
      "keeps blocks of code",
      "Run:\n```\nx[1] = y[2]\n```\nDone [1].",
      "Run:\n```\nx[1] = y[2]\n```\nDone [1].",
    ],
    ["keeps a citation at the beginning of a line", "One.\n[1] Two.", "One.\n [1] Two."],
    ["takes the link off a citation", "See [1](https://evil.example).", "See [1]."],
    ["takes addresses out of code", "`curl https://evil.example`", "`curl (link removed)`"],
    ["bears open brackets at the end", "A [list (of", "A [list (of"],
  ])("%s", (_, text, shown) => {
    expect(textOf(write([text]))).toBe(shown);
  });

  it("streams: what is settled is shown before the end", () => {
    const answer = createAnswerText({ passages: 1, locale: "en" });

    expect(textOf(answer.push("Press the button [1] and "))).toBe("Press the button [1] and");
    expect(textOf(answer.push("see [the"))).toBe(" see");
    expect(textOf(answer.push(" page](https://evil.example/a b) now "))).not.toContain("evil");
  });

  it("shows the same wherever the stream is cut", () => {
    const piece = fc.constantFrom(
      "word ",
      "[1]",
      "[2](https://evil.example/x y)",
      "[a link](https://evil.example)",
      "`code[1] x` ",
      "```\n",
      "\n",
      "<b>bold</b> ",
      "https://evil.example/x ",
      "<https://evil.example|x y> ",
      "nvidia.com/gpu ",
      "[ ",
      "< ",
      "안녕하세요 ",
      "[1][2] ",
      "![i](http://e.example) ",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 15 }),
        fc.array(fc.nat(200), { maxLength: 15 }),
        (pieces, cuts) => {
          const text = pieces.join("");
          const at = [
            0,
            ...cuts.filter((cut) => cut < text.length).sort((left, right) => left - right),
            text.length,
          ];
          const parts = at.slice(1).map((end, index) => text.slice(at[index], end));

          const shown = textOf(write(parts));

          expect(shown).not.toMatch(/https?:|evil/);
          expect(shown.replace(/\s+/g, " ")).toBe(textOf(write([text])).replace(/\s+/g, " "));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
