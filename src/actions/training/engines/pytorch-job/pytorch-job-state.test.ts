import { describe, expect, it } from "vitest";
import { readProgress } from "../read-progress.ts";
import { readPyTorchJob } from "./pytorch-job-state.ts";

const job = (...types: string[]) => ({
  apiVersion: "kubeflow.org/v1",
  kind: "PyTorchJob",
  metadata: { name: "sft-r1", namespace: "llm-training", uid: "u-1" },
  status: {
    startTime: "2026-11-24T01:00:00Z",
    conditions: types.map((type) => ({ type, status: "True", message: `${type}.` })),
  },
});

describe("a PyTorchJob in our words", () => {
  it.each([
    [[], "queued"],
    [["Created"], "queued"],
    [["Created", "Running"], "running"],
    [["Created", "Running", "Restarting"], "starting"],
    [["Created", "Suspended"], "queued"],
    [["Created", "Succeeded"], "succeeded"],
    [["Created", "Failed"], "failed"],
  ] as const)("is, with the conditions %j, %s", (types, state) => {
    expect(readPyTorchJob(job(...types)).state).toBe(state);
  });

  it("has run since its pods do, not since it was seen", () => {
    const running = job("Created", "Running");
    Object.assign(running.status.conditions[1] ?? {}, { lastTransitionTime: "2026-11-24T02:30:00Z" });

    expect(readPyTorchJob(running).startedAt).toEqual(new Date("2026-11-24T02:30:00Z"));
  });

  it("ignores a condition that is no longer true", () => {
    const finished = job("Created", "Running", "Succeeded");
    const [, running] = finished.status.conditions;
    if (running !== undefined) running.status = "False";

    expect(readPyTorchJob(finished)).toMatchObject({ state: "succeeded", uid: "u-1", progress: 1 });
  });
});

describe("progress", () => {
  it.each([
    [["step 10/100 loss 2.1", "step 42/100 loss 1.2"], 0.42],
    [[" 20%|██        | 820/4100 [10:12<40:00,  1.2it/s]"], 0.2],
    [["{'loss': 1.2} step 7/100 {'lr': 1}"], 0.07],
    [
      ["Loading checkpoint shards: 100%|██████████| 4/4", "Map: 100%|██████████| 9/9 [00:01<00:00]"],
      undefined,
    ],
    [["step 42/100", "Loading checkpoint shards: 100%|██████████| 4/4"], 0.42],
    [["saved /output/2026/11"], undefined],
    [["step 3/0"], undefined],
    [[], undefined],
  ])("of %j is %s", (lines, progress) => {
    expect(readProgress(lines)).toBe(progress);
  });
});
