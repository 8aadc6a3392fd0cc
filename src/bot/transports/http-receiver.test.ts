import { expect, it } from "vitest";
import { isTimely } from "./http-receiver.ts";

const now = new Date("2026-11-24T00:00:00Z");
const seconds = Math.floor(now.getTime() / 1_000);

it.each([
  [String(seconds), true],
  [String(seconds - 300), true],
  [String(seconds + 300), true],
  [String(seconds - 301), false],
  [String(seconds + 301), false],
  [String(seconds + 30 * 86_400), false],
  ["now", false],
  [undefined, false],
])("a request dated %s is timely: %s", (timestamp, timely) => {
  expect(isTimely(timestamp, now)).toBe(timely);
});
