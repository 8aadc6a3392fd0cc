import { expect, it } from "vitest";
import { createBreaker } from "./breaker.ts";

it("rests after so many failures in a row, and twice as long after each further one", () => {
  let nowMs = 0;
  const breaker = createBreaker(2, () => nowMs);

  breaker.failed();
  expect(breaker.isResting()).toBe(false);
  breaker.failed();
  expect(breaker.isResting()).toBe(true);
  nowMs += 30_000;
  expect(breaker.isResting()).toBe(false);
  breaker.failed();
  nowMs += 59_999;
  expect(breaker.isResting()).toBe(true);
  breaker.succeeded();
  expect(breaker.isResting()).toBe(false);
  breaker.failed();
  expect(breaker.isResting()).toBe(false);
});
