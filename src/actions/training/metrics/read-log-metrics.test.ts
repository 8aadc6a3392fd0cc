import { describe, expect, it } from "vitest";
import { cpuMs } from "#test/cpu-ms.ts";
import { readLogMetrics } from "./read-log-metrics.ts";

const read = (text: string, pod = "sft-r1-master-0") =>
  readLogMetrics(
    text.split("\n").map((line) => ({ pod, text: line })),
    ["wandb.ai"],
  );

describe("metrics in a training's log", () => {
  it("stand behind the step of a plain line", () => {
    expect(
      read("step 811/4100 loss 1.25 lr 9.2e-6 14.1k tok/s\nstep 812/4100 loss 1.24 lr 9e-6 14.2k tok/s"),
    ).toEqual({
      loss: [
        { step: 811, value: 1.25 },
        { step: 812, value: 1.24 },
      ],
      evalLoss: [],
      lastLoss: 1.24,
      learningRate: 9e-6,
      tokensPerSecond: 14_200,
    });
  });

  it("of transformers take the step of the bar above them, not of the evaluation's bar", () => {
    const log = [
      " 12%|█▏        | 50/410 [01:10<08:20,  1.39s/it]",
      "{'loss': 1.83, 'grad_norm': 0.91, 'learning_rate': 2e-05, 'epoch': 0.4}",
      " 10%|█         | 5/50 [00:01<00:10,  4.2it/s]",
      "{'eval_loss': 1.61, 'eval_runtime': 11.2, 'epoch': 0.4}",
      "{'loss': '1.71', 'learning_rate': '1.9e-05', 'epoch': '0.8'}",
      "{'train_runtime': 411.2, 'train_loss': 1.77, 'epoch': 3.0}",
    ].join("\n");

    expect(read(log)).toEqual({
      loss: [{ step: 50, value: 1.71 }],
      evalLoss: [{ step: 50, value: 1.61 }],
      lastLoss: 1.71,
      learningRate: 1.9e-5,
    });
  });

  it.each([
    [
      " iteration      812/    4100 | consumed samples: 207872 | learning rate: 9.000000E-06 | lm loss: 1.243000E+00 | loss scale: 1.0 |",
      { lastLoss: 1.243, learningRate: 9e-6 },
    ],
    ["step=20 train_loss=0.5 lr=[1e-05] tokens/s: 3150", { lastLoss: 0.5, tokensPerSecond: 3150 }],
    [
      "2026-11-25 02:00:00,123 INFO step 7 | loss: 2.5 | eval loss: 2.7",
      { lastLoss: 2.5, evalLoss: [{ step: 7, value: 2.7 }] },
    ],
    ["[rank0]: step 3/9 loss 4", { lastLoss: 4, loss: [{ step: 3, value: 4 }] }],
    ["{'loss': 1.5, 'epoch': 0.1}", { lastLoss: 1.5, loss: [] }],
  ])("are found in %s", (line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });

  it.each([
    "step 5/10 loss nan",
    "the loss of the corpus is 3 files",
    "dataloss 4",
    "lossless 1.2",
    "val_loss only",
  ])("are not seen in %s", (line) => {
    expect(read(line)).toEqual({ loss: [], evalLoss: [] });
  });

  it("after a restart go on from where it restarted", () => {
    const log = "step 1/9 loss 3\nstep 2/9 loss 2\nstep 3/9 loss 1\nstep 2/9 loss 2.5";

    expect(read(log).loss).toEqual([
      { step: 1, value: 3 },
      { step: 2, value: 2.5 },
    ]);
  });

  it("are those of the pod that came last", () => {
    const lines = [
      { pod: "wf-cpt", text: "step 9/9 loss 1" },
      { pod: "wf-sft", text: "step 1/9 loss 7" },
      { pod: "wf-wait", text: "waiting" },
    ];

    expect(readLogMetrics(lines, []).loss).toEqual([{ step: 1, value: 7 }]);
  });

  it("link to W&B, on an allowed host only", () => {
    const page = "https://wandb.ai/team/korean-llm-sft/runs/ab12";

    expect(read(`wandb: 🚀 View run at ${page}`).wandbUrl).toBe(page);
    expect(read(`wandb: 🚀 View run royal-sun-7 at: ${page}`).wandbUrl).toBe(page);
    expect(read("wandb: View run at https://wandb.ai.evil.example/x").wandbUrl).toBeUndefined();
    expect(read("wandb: View run at https://wandb.ai@evil.example/x").wandbUrl).toBeUndefined();
    expect(read("wandb: View run at https://me:pw@wandb.ai/x").wandbUrl).toBeUndefined();
    expect(read(`print: View run at ${page}`).wandbUrl).toBeUndefined();
  });

  it("are read in bounded time from a log made for trouble", () => {
    const long = `${"loss".repeat(5_000)} ${"1".repeat(100_000)}`;
    const startedAt = cpuMs();

    read(Array.from({ length: 300 }, () => long).join("\n"));

    expect(cpuMs() - startedAt).toBeLessThan(5_000);
  });
});
