import { describe, expect, it } from "vitest";
import { progressOfTrials, readTrialLines } from "./read-trial-lines.ts";

const objective = { metric: "loss", goal: "minimize" as const };
const line = (name: string, state: string, loss?: number, more: object = {}) =>
  JSON.stringify({
    jibsa: "trial",
    name,
    state,
    parameters: { learning_rate: 2e-5, batch_size: 8, packed: true },
    metrics: loss === undefined ? {} : { loss },
    objective,
    planned: 4,
    ...more,
  });

describe("the trials of a sweep, from its log", () => {
  it("are what their last lines say, the latest change first, with the best one", () => {
    const trials = readTrialLines([
      "Ray Tune: 4 trials",
      line("t1", "running", 2),
      line("t2", "running", 1.5),
      line("t1", "succeeded", 0.9),
      line("t3", "failed", 0.1),
      line("t2", "cancelled", 1.4),
      line("t4", "queued"),
    ]);

    expect(trials).toMatchObject({
      counts: { succeeded: 1, failed: 1, cancelled: 1, queued: 1 },
      planned: 4,
      objective,
      best: { name: "t1", metrics: { loss: 0.9 } },
    });
    expect(trials?.recent.map(({ name }) => name)).toEqual(["t4", "t2", "t3", "t1"]);
    expect(trials?.recent.at(-1)?.parameters).toEqual({
      learning_rate: "2e-5",
      batch_size: "8",
      packed: "true",
    });
    expect(trials && progressOfTrials(trials)).toBe(0.75);
  });

  it("follow the goal, and have no best one without an objective", () => {
    const goal = { objective: { metric: "loss", goal: "maximize" } };

    expect(readTrialLines([line("a", "succeeded", 1, goal), line("b", "running", 2, goal)])?.best?.name).toBe(
      "b",
    );
    expect(readTrialLines([line("a", "succeeded", 1, { objective: undefined })])?.best).toBeUndefined();
    expect(readTrialLines([line("a", "running")])?.best).toBeUndefined();
  });

  it.each([
    ["no JSON", '{"jibsa":"trial",'],
    ["another kind", JSON.stringify({ jibsa: "table", name: "a", state: "running" })],
    ["a state that there is not", line("a", "done")],
    ["an unknown field", line("a", "running", 1, { command: "rm -rf /" })],
    ["a metric that is no number", line("a", "running", undefined, { metrics: { loss: "NaN" } })],
    ["no name", line("", "running")],
    [
      "too many parameters",
      line("a", "running", 1, {
        parameters: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`p${i}`, 1])),
      }),
    ],
    ["a long value", line("a", "running", 1, { parameters: { note: "x".repeat(81) } })],
    ["a long line", `${" ".repeat(4_001)}${line("a", "running")}`],
    ["more trials than a sweep has", line("a", "running", 1, { planned: 1e9 })],
    ["a list", `["jibsa"]`],
  ])("are not told by a line with %s", (_what, hostile) => {
    expect(readTrialLines([hostile])).toBeUndefined();
    expect(readTrialLines([hostile, line("t1", "running", 1)])?.counts).toEqual({ running: 1 });
  });

  it("stay few, whatever is printed", () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => line(`t${index}`, "succeeded", index));

    const trials = readTrialLines(lines);

    expect(trials?.counts).toEqual({ succeeded: 1_000 });
    expect(trials?.planned).toBe(1_000);
    expect(trials?.recent).toHaveLength(20);
  });

  it("take a name of an object's own for a name", () => {
    const odd =
      '{"jibsa":"trial","name":"__proto__","state":"running","parameters":{"constructor":1},"metrics":{"toString":1},"objective":{"metric":"valueOf","goal":"minimize"}}';

    expect(readTrialLines([odd])).toMatchObject({ counts: { running: 1 } });
    expect(readTrialLines([odd])?.best).toBeUndefined();
  });
});
