import { describe, expect, it } from "vitest";
import { stageFixture } from "#test/fixtures/stages.ts";
import type { GpuNode } from "../../cluster-ports.ts";
import type { StageParams } from "../../ports.ts";
import type { WaitingReason } from "./waiting-explanation.ts";
import { waysOut } from "./ways-out.ts";

const base = stageFixture();
const choice = (name: string, choices: string[]) => ({
  name,
  summary: { en: name, ko: name },
  type: "string" as const,
  default: choices[0] ?? "",
  choices,
  path: ["metadata", "labels", name],
});
const stage = {
  ...base,
  parameters: [
    ...base.parameters,
    choice("gpu-type", ["h100", "a100", "l40s"]),
    choice("queue", ["research", "batch", "night"]),
  ],
};
const nodes: GpuNode[] = [
  { name: "gpu-1", gpuType: "h100", ready: true, total: 8, allocated: 6, holders: [] },
  { name: "old-1", gpuType: "a100", ready: true, total: 8, allocated: 4, holders: [] },
  { name: "small-1", gpuType: "l40s", ready: true, total: 4, allocated: 2, holders: [] },
];
const busy = (gpus: number, free: number): WaitingReason => ({
  kind: "all-busy",
  gpus,
  gpuType: "h100",
  largestFree: { gpus: free, node: "gpu-1" },
});
const params: StageParams = { gpus: 8, "gpu-type": "h100", queue: "research" };
const waysFor = (reason: WaitingReason, more: Partial<Parameters<typeof waysOut>[0]> = {}) =>
  waysOut({ stage, params, reason, nodes, queues: ["research", "night"], ...more });

describe("ways out of waiting", () => {
  it("halve the GPUs until the largest free block would do", () => {
    expect(waysFor(busy(8, 2))).toContainEqual({ kind: "fewer-gpus", parameter: "gpus", to: 2 });
    expect(waysFor(busy(8, 5))).toContainEqual({ kind: "fewer-gpus", parameter: "gpus", to: 4 });
  });

  it("offer no fewer GPUs where none is free, nor below what the stage takes", () => {
    const [atLeastFour] = base.parameters.filter(({ name }) => name === "gpus");
    const narrow = {
      ...stage,
      parameters: [{ ...atLeastFour, min: 4 } as (typeof stage.parameters)[number]],
    };

    expect(waysFor(busy(8, 0)).map(({ kind }) => kind)).not.toContain("fewer-gpus");
    expect(waysFor(busy(8, 2), { stage: narrow })).toEqual([]);
  });

  it("name the other type that has enough free on one node", () => {
    expect(waysFor(busy(4, 2))).toContainEqual({ kind: "other-type", parameter: "gpu-type", to: "a100" });
    expect(waysFor(busy(8, 2)).map(({ kind }) => kind)).not.toContain("other-type");
  });

  it("name another queue that exists, only where a queue is what it waits for", () => {
    const reason: WaitingReason = {
      kind: "kueue-quota",
      queue: "research",
      reason: "Pending",
      words: "",
      gpusMissing: 4,
    };

    expect(waysFor(reason)).toEqual(
      expect.arrayContaining([
        { kind: "fewer-gpus", parameter: "gpus", to: 4 },
        { kind: "other-queue", parameter: "queue", to: "night" },
      ]),
    );
    expect(waysFor(reason, { queues: ["research"] }).map(({ kind }) => kind)).not.toContain("other-queue");
    expect(waysFor(busy(8, 2)).map(({ kind }) => kind)).not.toContain("other-queue");
  });

  it("are none for a stage that declares none of it, and for reasons that they do not touch", () => {
    expect(waysFor(busy(8, 2), { stage: { ...base, parameters: [] }, params: {} })).toEqual([]);
    expect(waysFor({ kind: "image-pull", words: "" })).toEqual([]);
    expect(waysFor({ kind: "suspended" })).toEqual([]);
  });
});
