import { describe, expect, it } from "vitest";
import { stageFixture } from "#test/fixtures/stages.ts";
import type { StageParameter, StageParams } from "../../ports.ts";
import { diagnoseFailure } from "./diagnose-failure.ts";

function parameter(name: string, more: Partial<StageParameter> = {}): StageParameter {
  return {
    name,
    summary: { en: name, ko: name },
    type: "integer",
    default: 1,
    path: ["spec", name],
    ...more,
  };
}
const OUT_OF_MEMORY = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.";
const SAVED = "Saving model checkpoint to /output/run/checkpoint-800";

function remedyOf(
  texts: string | string[],
  parameters: StageParameter[],
  params: StageParams = {},
  reason = "",
) {
  const lines = [texts].flat().map((text) => ({ pod: "p", text }));
  return diagnoseFailure({ lines, reason, stage: stageFixture({ parameters }), params }).remedy;
}
const changesOf = (...input: Parameters<typeof remedyOf>) =>
  remedyOf(...input)?.changes.map(({ parameter: name, from, to }) => `${name} ${from} -> ${to}`);

const batch = parameter("batch-size", { default: 8, min: 1, max: 64 });
const accumulation = parameter("gradient-accumulation", { default: 4, min: 1, max: 512 });
const length = parameter("max-length", { default: 4_096, min: 128 });

describe("the remedy for CUDA out of memory", () => {
  it("halves the batch of the run, not of the stage, and keeps the effective one", () => {
    expect(changesOf(OUT_OF_MEMORY, [batch, accumulation, length], { "batch-size": 32 })).toEqual([
      "batch-size 32 -> 16",
      "gradient-accumulation 4 -> 8",
    ]);
  });

  it("leaves the accumulation alone where it has no room or is not declared", () => {
    const narrow = parameter("gradient-accumulation", { default: 4, max: 4 });

    expect(changesOf(OUT_OF_MEMORY, [batch, narrow])).toEqual(["batch-size 8 -> 4"]);
    expect(changesOf(OUT_OF_MEMORY, [batch])).toEqual(["batch-size 8 -> 4"]);
  });

  it("shortens the sequences only where the batch cannot be smaller", () => {
    expect(changesOf(OUT_OF_MEMORY, [batch, accumulation, length], { "batch-size": 1 })).toEqual([
      "max-length 4096 -> 2048",
    ]);
    expect(changesOf(OUT_OF_MEMORY, [length])).toBeUndefined();
  });

  it("takes the nearest choice that is smaller, of the mini batch first", () => {
    const rollouts = parameter("batch-size", { default: 16, choices: [4, 8, 16] });
    const mini = parameter("mini-batch-size", { default: 4, choices: [2, 4] });

    expect(changesOf(OUT_OF_MEMORY, [rollouts, mini])).toEqual(["mini-batch-size 4 -> 2"]);
    expect(changesOf(OUT_OF_MEMORY, [rollouts, mini], { "mini-batch-size": 2 })).toEqual([
      "batch-size 16 -> 8",
    ]);
    expect(
      changesOf(OUT_OF_MEMORY, [rollouts, mini], { "mini-batch-size": 2, "batch-size": 4 }),
    ).toBeUndefined();
  });

  it("is none for a stage without such parameters, even with a checkpoint", () => {
    const resume = parameter("resume", { type: "boolean", default: false });

    expect(remedyOf([SAVED, OUT_OF_MEMORY], [resume])).toBeUndefined();
  });
});

describe("the remedies of other failures", () => {
  it("go on from the last checkpoint after a lost node, in the way that the stage declares", () => {
    const declared = [
      [parameter("resume", { type: "boolean", default: false }), true],
      [
        parameter("resume_from_checkpoint", { type: "string", default: "none" }),
        "/output/run/checkpoint-800",
      ],
      [parameter("resume-from", { default: 0, min: 0 }), 800],
    ] as const;

    for (const [one, to] of declared)
      expect(remedyOf(SAVED, [one], {}, "Evicted: node drained")).toEqual({
        changes: [{ parameter: one.name, from: one.default, to }],
        resumeFrom: 800,
      });
    expect(remedyOf(SAVED, [batch], {}, "Evicted: node drained")).toBeUndefined();
  });

  it("never name a path that a person could not have typed", () => {
    const resume = parameter("resume-from", { type: "string", default: "none" });

    for (const path of [
      "/output/../etc/checkpoint-5",
      "/a/$(reboot)/checkpoint-5",
      `/${"a".repeat(290)}/checkpoint-5`,
    ])
      expect(remedyOf(`Saving model checkpoint to ${path}`, [resume], {}, "Evicted")).toBeUndefined();
  });

  it("take as few GPUs as the quota has left, if any", () => {
    const gpus = parameter("gpus", { default: 8, min: 1, max: 8 });
    const refused = (used: number) =>
      `exceeded quota: a, requested: requests.nvidia.com/gpu=8, used: requests.nvidia.com/gpu=${used}, limited: requests.nvidia.com/gpu=16`;

    expect(changesOf([], [gpus], {}, refused(12))).toEqual(["gpus 8 -> 4"]);
    expect(changesOf([], [gpus], {}, refused(16))).toBeUndefined();
  });

  it("prefer bf16 to a lower learning rate when the loss is NaN in fp16", () => {
    const loss = "{'loss': nan, 'learning_rate': 2e-05}";
    const rate = parameter("learning-rate", { type: "number", default: 3e-5, min: 1e-7, max: 1e-3 });
    const precision = parameter("precision", { type: "string", default: "fp16", choices: ["fp16", "bf16"] });

    expect(changesOf(loss, [rate, precision])).toEqual(["precision fp16 -> bf16"]);
    expect(changesOf(loss, [rate, precision], { precision: "bf16" })).toEqual([
      "learning-rate 0.00003 -> 0.000015",
    ]);
    expect(changesOf(loss, [rate], { "learning-rate": 1e-7 })).toBeUndefined();
  });

  it("ask for more memory where no data loader can have fewer workers", () => {
    const memory = parameter("memory-gib", { default: 100, min: 10, max: 160 });
    const workers = parameter("num-workers", { default: 0, min: 0 });

    expect(changesOf([], [memory, workers], {}, "OOMKilled")).toEqual(["memory-gib 100 -> 160"]);
    expect(changesOf([], [memory], { "memory-gib": 160 }, "OOMKilled")).toBeUndefined();
  });
});
