import { describe, expect, it } from "vitest";
import { POD_DESCRIPTION, STACK_TRACE } from "#test/fixtures/pasted-errors.ts";
import { focusQuestion } from "./focus-question.ts";

describe("what is searched for of a question", () => {
  it("is, of a pasted kubectl describe, its reasons and warnings, word for word", () => {
    const focused = focusQuestion(POD_DESCRIPTION);

    expect(focused.split("\n")[0]).toBe("why does my pod not start?");
    for (const exact of [
      "CrashLoopBackOff",
      "OOMKilled",
      "Back-off restarting failed container",
      "FailedMount",
    ])
      expect(focused).toContain(exact);
    expect(focused).not.toMatch(/Successfully|registry\.example|10\.244|6f1d2c3b/);
  });

  it("is, of a pasted stack trace, the exception at its end and the question beside it", () => {
    const focused = focusQuestion(STACK_TRACE);

    expect(focused).toContain("torch.OutOfMemoryError: CUDA out of memory");
    expect(focused).toContain("이거 왜 이래요?");
    expect(focused).not.toMatch(/module\.py|forward_call|2\.50|79\.10/);
  });

  it.each([
    "How do I retry a failed run?",
    "exceeded quota: gpu-quota, requested: requests.nvidia.com/gpu=4",
    "one\ntwo failed\nthree",
    "a long sentence without any line that tells. ".repeat(12),
  ])("is the question itself where nothing is pasted: %s", (question) => {
    expect(focusQuestion(question)).toBe(question);
  });

  it("takes no longer than a glance, whatever is pasted", () => {
    const startedMs = performance.now();
    for (const text of [
      " Warning ".repeat(20_000),
      "Warning a ".repeat(20_000),
      `${"a ".repeat(50_000)}\nx: failed\n`.repeat(3),
    ])
      focusQuestion(`${text}\n1\n2\n3\n4\n5\n6`);

    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
