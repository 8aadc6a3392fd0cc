import { describe, expect, it } from "vitest";
import { readLogLines } from "./read-log-lines.ts";
import { readTrainingSteps } from "./read-training-steps.ts";

const read = (...texts: string[]) =>
  readTrainingSteps(readLogLines(texts.map((text) => ({ pod: "p", text }))));

describe("a step", () => {
  it.each([
    ["step 812/4100 loss 1.2", 812, 4_100],
    [" 20%|█▉        | 812/4100 [1:04:12<4:19:33,  4.74s/it]", 812, 4_100],
    ["2026-11-25 02:00:00,000 - INFO - Step 812 / 4100 | lr 1e-5", 812, 4_100],
    [" iteration      812/    4100 | consumed samples:       103936 | lm loss: 2.1E+00", 812, 4_100],
    ['{"step": 812, "loss": 1.2}', 812, undefined],
    ["[Rank 0] step=812, skipped=0, loss=1.2", 812, undefined],
  ])("is read from %s", (text, step, totalSteps) => {
    const { steps, totalSteps: total } = read(text);

    expect(steps.map((one) => one.step)).toEqual([step]);
    expect(total).toBe(totalSteps);
  });

  it.each([
    "Loading checkpoint shards: 100%|██████████| 4/4 [00:09<00:00,  2.31s/it]",
    "Map (num_proc=8):  61%|██████    | 812/1331 [10:02<06:11, 1.10 examples/s]",
    "  Total optimization steps = 4,100",
    "warmup_step = 100",
    "Step 3: loading the tokenizer",
    "read 12/40 files",
    "step 50/40",
  ])("is not %s", (text) => {
    expect(read(text).steps).toEqual([]);
  });
});

describe("a checkpoint", () => {
  it.each([
    ["Saving model checkpoint to /output/x/checkpoint-800", 800, "/output/x/checkpoint-800"],
    ["Saving model checkpoint to output/x/checkpoint-800", 800, "output/x/checkpoint-800"],
    [
      "Configuration saved in /output/한국어/checkpoint-800/config.json",
      800,
      "/output/한국어/checkpoint-800",
    ],
    ["[Torch] Saved /output/x/global_step800/mp_rank_00_model_states.pt.", 800, "/output/x/global_step800"],
    ["  successfully saved checkpoint from iteration     800 to /ckpt", 800, undefined],
  ])("is read from %s", (text, step, path) => {
    const [checkpoint] = read(text).checkpoints;

    expect(checkpoint?.step).toBe(step);
    expect(checkpoint?.path).toBe(path);
  });

  it.each([
    "Deleting older checkpoint [/output/x/checkpoint-400] due to args.save_total_limit",
    "Deleting older checkpoint /output/x/checkpoint-400",
    "the model of /output/x/model was saved",
    "FileNotFoundError: cannot resume from checkpoint /output/x/checkpoint-400",
  ])("is not %s", (text) => {
    expect(read(text).checkpoints).toEqual([]);
  });
});
