import { describe, expect, it } from "vitest";
import { readDeadline } from "./read-deadline.ts";

/** A Wednesday, 11:30 in Seoul. */
const now = new Date("2026-11-25T02:30:00Z");
const inSeoul = (text: string) => readDeadline(text, now, "Asia/Seoul")?.toISOString();

describe("a deadline", () => {
  it.each([
    ["12h", "2026-11-25T14:30:00.000Z"],
    ["3d", "2026-11-28T02:30:00.000Z"],
    ["18:00", "2026-11-25T09:00:00.000Z"],
    ["09:00", "2026-11-26T00:00:00.000Z"],
    ["Fri", "2026-11-27T09:00:00.000Z"],
    ["금요일", "2026-11-27T09:00:00.000Z"],
    ["수", "2026-11-25T09:00:00.000Z"],
    ["tuesday", "2026-12-01T09:00:00.000Z"],
    ["2026-11-30", "2026-11-30T09:00:00.000Z"],
  ])("%s is %s for somebody in Seoul", (text, expected) => {
    expect(inSeoul(text)).toBe(expected);
  });

  it.each(["", "0h", "25:00", "2026-11-01", "2026-02-30", "friday-ish", "<!channel>", "99999d"])(
    "%j is none",
    (text) => {
      expect(inSeoul(text)).toBeUndefined();
    },
  );

  it("is the evening of the reader's own zone, over a change of clocks", () => {
    const beforeChange = new Date("2026-10-30T12:00:00Z");

    expect(readDeadline("mon", beforeChange, "America/New_York")?.toISOString()).toBe(
      "2026-11-02T23:00:00.000Z",
    );
  });
});
