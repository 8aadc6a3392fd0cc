import { describe, expect, it } from "vitest";
import { chunkFixture } from "#test/fixtures/chunks.ts";
import { estimateTokens, fitSections, mergeNeighbours } from "./answer-sections.ts";

const passage = (page: string, position: number, text: string, anchor = "") => ({
  chunk: chunkFixture(page, text, {
    id: `docs:${page}:${position}`,
    url: `https://docs.example.com/${page}#${anchor}`,
    headings: [page],
  }),
  score: 1,
  coverage: 1,
});
const textsOf = (passages: Parameters<typeof mergeNeighbours>[0]) =>
  mergeNeighbours(passages).map(({ section }) => section.text);

describe("what a model reads", () => {
  it("has neighbours of one section as one, in the page's order, at the place of the better", () => {
    expect(
      textsOf([
        passage("a", 4, "four"),
        passage("b", 1, "one"),
        passage("a", 3, "three"),
        passage("a", 6, "six"),
      ]),
    ).toEqual(["three\n\nfour", "one", "six"]);
  });

  it("closes a gap between two, and keeps sections of a page apart", () => {
    expect(textsOf([passage("a", 1, "1"), passage("a", 3, "3"), passage("a", 2, "2")])).toEqual([
      "1\n\n2\n\n3",
    ]);
    expect(textsOf([passage("a", 1, "1", "x"), passage("a", 2, "2", "y")])).toEqual(["1", "2"]);
  });

  it("is what fits, whole: what does not is left out and told, and what is smaller still has its place", () => {
    const small = passage("a", 0, "short");
    const large = passage("b", 0, "word ".repeat(400));
    const last = passage("c", 0, "also short");

    const { sections, leftOut } = fitSections([small, large, last], 100);

    expect(sections.map(({ text }) => text)).toEqual(["short", "also short"]);
    expect([...leftOut]).toEqual([large]);
    expect(fitSections([small], 0).sections).toEqual([]);
  });

  it("is counted rather too high than too low", () => {
    expect(estimateTokens("재시도 설정")).toBeGreaterThanOrEqual(5);
    expect(estimateTokens("a failed run is started again")).toBeGreaterThanOrEqual(7);
  });
});
