import { parseMarkdown } from "#src/playground/slack/page/text/parse-markdown.ts";
import { parseMrkdwn } from "#src/playground/slack/page/text/parse-mrkdwn.ts";
import { formatDate, secondsOf, wallTimeOf } from "#src/playground/slack/page/text/format-date.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const marks = [
  "*",
  "_",
  "~",
  "`",
  "```",
  "<",
  ">",
  "[",
  "](",
  "(",
  ")",
  "|",
  "\n",
  "- ",
  "1. ",
  "> ",
  "# ",
  "\\",
  ":",
  "a",
  " ",
  "@",
  "!",
  "https://x.y",
  "javascript:",
  "&lt;",
  "가",
];
const anyText = fc
  .array(fc.oneof(fc.constantFrom(...marks), fc.string()), { maxLength: 40 })
  .map((pieces) => pieces.join(""));

function addresses(nodes: unknown): string[] {
  if (Array.isArray(nodes)) return nodes.flatMap(addresses);
  if (typeof nodes !== "object" || nodes === null) return [];
  const own = "url" in nodes && typeof nodes.url === "string" ? [nodes.url] : [];
  return [...own, ...Object.values(nodes).flatMap(addresses)];
}

describe("the page's parsers", () => {
  it("give links to nothing but pages and mail addresses, whatever the text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const address of addresses([parseMrkdwn(text), parseMarkdown(text)]))
          expect(address).toMatch(/^(https?|mailto):/);
      }),
      { numRuns: 500 },
    );
  });

  it("take the longest message of one mark only without keeping the page waiting", () => {
    for (const mark of [...marks, "**a", "[a](", "[[a]", "*a ", "`a ", "\n- [", "  - ", "[a](b("]) {
      const start = performance.now();
      parseMrkdwn(mark.repeat(40_000 / mark.length));
      parseMarkdown(mark.repeat(12_000 / mark.length));
      expect(performance.now() - start, JSON.stringify(mark)).toBeLessThan(2_000);
    }
  });

  it("show a moment in the reader's zone, near days by their name", () => {
    const minji = { locale: "ko-KR", tz: "Asia/Seoul" };
    const now = Date.UTC(2026, 2, 1, 3);
    expect(formatDate("{date_short_pretty} {time}", now / 1_000 - 86_400, minji, now)).toBe(
      "어제 오후 12:00",
    );
    expect(
      formatDate("{date_num} {time_secs}", now / 1_000, { locale: "en-US", tz: "Europe/Berlin" }, now),
    ).toBe("2026-03-01 4:00:00 AM");
    expect(formatDate("{ago} {unknown}", now / 1_000 - 7_200, { locale: "en-US", tz: "UTC" }, now)).toBe(
      "2 hours ago {unknown}",
    );
  });

  it("read and write wall-clock times across a change of summer time", () => {
    for (const wallTime of ["2026-03-28T12:00", "2026-03-29T12:00", "2026-10-25T12:00", "2026-07-01T00:30"]) {
      const seconds = secondsOf(wallTime, "Europe/Berlin");
      expect(seconds).toBeDefined();
      expect(wallTimeOf(seconds ?? 0, "Europe/Berlin")).toBe(wallTime);
    }
    expect(secondsOf("", "UTC")).toBeUndefined();
  });
});
