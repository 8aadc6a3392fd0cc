import { describe, expect, it } from "vitest";
import type { GpuUse } from "../metrics-ports.ts";
import { judgeGpuUse } from "./judge-gpu-use.ts";

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const settings = { percent: 50, minutes: 10 };
/** Of the last minutes, one sample a minute. */
const use = (pod: string, percents: readonly number[]): GpuUse => ({
  pod,
  samples: percents.map((percent, index) => ({
    atMs: NOW - (percents.length - 1 - index) * MINUTE,
    percent,
  })),
});
const step = (minutesAgo: number) => [{ step: 10, value: 1, atMs: NOW - minutesAgo * MINUTE }];
const flat = (percent: number, count = 11): number[] => Array.from({ length: count }, () => percent);

describe("GPU use", () => {
  it("is fine as long as one moment of the window is", () => {
    expect(
      judgeGpuUse([use("a", [10, 10, 10, 10, 50, 10, 10, 10, 10, 10, 10])], step(0), settings, NOW),
    ).toEqual({
      kind: "fine",
    });
  });

  it.each([
    ["no samples", []],
    ["a pod that has just started", [use("a", flat(5, 4))]],
    ["samples that ended long ago", [{ pod: "a", samples: [{ atMs: NOW - 9 * MINUTE, percent: 3 }] }]],
  ])("says nothing with %s", (_, samples) => {
    expect(judgeGpuUse(samples, step(0), settings, NOW)).toEqual({ kind: "unknown" });
  });

  it.each([
    ["steps go on", step(0), { kind: "starved" }],
    ["the last step was long ago", step(9), { kind: "no-new-step", minutes: 9 }],
    ["no step was seen", [], { kind: "no-step-yet" }],
  ])("is low, and the likely reason is told: %s", (_, loss, reason) => {
    expect(judgeGpuUse([use("a", flat(12)), use("b", flat(20))], loss, settings, NOW)).toEqual({
      kind: "low",
      percent: 16,
      minutes: 10,
      reason,
    });
  });

  it("is judged over a single minute too, of samples half a minute apart", () => {
    const samples = [60_001, 30_001, 1].map((agoMs) => ({ atMs: NOW - agoMs, percent: 7 }));

    expect(judgeGpuUse([{ pod: "a", samples }], step(0), { percent: 50, minutes: 1 }, NOW)).toMatchObject({
      kind: "low",
      percent: 7,
      minutes: 1,
    });
  });

  it("is low where some pods compute and others idle, and names those", () => {
    const pods = [use("busy", flat(80)), use("idle-1", flat(0)), use("idle-2", flat(2))];

    expect(judgeGpuUse(pods, step(0), settings, NOW)).toMatchObject({
      reason: { kind: "some-pods-idle", pods: ["idle-1", "idle-2"] },
    });
  });
});
