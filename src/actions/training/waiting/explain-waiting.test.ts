import { describe, expect, it } from "vitest";
import type { GpuNode } from "../../cluster-ports.ts";
import { explainWaiting, holdersOf, type WaitingFacts } from "./explain-waiting.ts";

const node = (name: string, gpuType: string, total: number, allocated: number, ready = true): GpuNode => ({
  name,
  gpuType,
  ready,
  total,
  allocated,
  holders: allocated === 0 ? [] : [{ owner: "haneul", run: `on-${name}`, gpus: allocated, namespace: "ns" }],
});
const nodes = [node("gpu-1", "h100", 8, 7), node("gpu-3", "h100", 8, 6), node("old-1", "a100", 8, 0)];
const short =
  "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 2 Insufficient nvidia.com/gpu. preemption: none.";
const facts = (some: Partial<WaitingFacts>): WaitingFacts => ({ podGpus: 4, gpuType: "h100", ...some });

describe("why a run waits", () => {
  it("is the largest free block of its own type, not what is free in all", () => {
    expect(explainWaiting(facts({ schedulerWords: short, nodes }))).toEqual({
      kind: "all-busy",
      gpus: 4,
      gpuType: "h100",
      largestFree: { gpus: 2, node: "gpu-3" },
    });
  });

  it("does not count a node out of use as free, and still knows how large it is", () => {
    const cordoned = [node("gpu-1", "h100", 8, 0, false), node("gpu-2", "h100", 4, 4)];

    expect(explainWaiting(facts({ schedulerWords: short, nodes: cordoned }))).toMatchObject({
      kind: "all-busy",
      largestFree: { gpus: 0, node: "gpu-2" },
    });
  });

  it("is that no node will ever do, where the largest is too small", () => {
    expect(explainWaiting(facts({ podGpus: 16, schedulerWords: short, nodes }))).toEqual({
      kind: "no-node-large-enough",
      gpus: 16,
      gpuType: "h100",
      largest: 8,
    });
  });

  it("says less where the nodes may not be seen", () => {
    expect(explainWaiting(facts({ schedulerWords: short }))).toEqual({
      kind: "all-busy",
      gpus: 4,
      gpuType: "h100",
    });
  });

  it("is its queue before anything else", () => {
    const queue = { queue: "research", reason: "Pending", words: "insufficient quota", place: 2, of: 5 };

    expect(explainWaiting(facts({ queue, suspended: true, schedulerWords: short }))).toEqual({
      kind: "kueue-quota",
      ...queue,
    });
    expect(explainWaiting(facts({ queue: { ...queue, reason: "Deactivated" } }))).toEqual({
      kind: "suspended",
      queue: "research",
    });
  });

  it.each<[string, Partial<WaitingFacts>, object]>([
    ["suspended by somebody", { suspended: true }, { kind: "suspended" }],
    [
      "an image",
      { imagePull: { image: "x:1", words: "ErrImagePull" }, schedulerWords: short },
      { kind: "image-pull", image: "x:1", words: "ErrImagePull" },
    ],
    [
      "memory",
      { schedulerWords: "0/2 nodes are available: 2 Insufficient memory." },
      { kind: "resources-busy", resources: ["memory"] },
    ],
    [
      "taints and selectors",
      { schedulerWords: "0/2 nodes are available: 2 node(s) had untolerated taint {a: }." },
      { kind: "unschedulable", nodes: 2, causes: [{ kind: "taint", taint: "a", nodes: 2 }] },
    ],
    [
      "a volume",
      { schedulerWords: '0/2 nodes are available: persistentvolumeclaim "data" not found.' },
      { kind: "volume-not-bound", claim: "data", words: 'persistentvolumeclaim "data" not found' },
    ],
    [
      "the namespace's quota",
      { refusal: 'pods "a" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=4' },
      {
        kind: "quota-exceeded",
        quota: "gpus",
        words: 'pods "a" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=4',
      },
    ],
    ["what nobody has said", {}, { kind: "unknown" }],
    [
      "words that are new",
      { schedulerWords: "binding timed out" },
      { kind: "unknown", words: "binding timed out" },
    ],
  ])("is %s", (_what, some, reason) => {
    expect(explainWaiting(facts(some))).toEqual(reason);
  });
});

it("those who hold the GPUs are told once for each run, the most first", () => {
  const twice = [
    { ...node("gpu-1", "h100", 8, 3), holders: [{ owner: "a", run: "r", gpus: 3, namespace: "n" }] },
    {
      ...node("gpu-2", "h100", 8, 8),
      holders: [
        { owner: "a", run: "r", gpus: 2, namespace: "n" },
        { owner: "b", run: "s", gpus: 6, namespace: "n" },
      ],
    },
  ];

  expect(holdersOf([...twice, node("old-1", "a100", 8, 8)], "h100")).toEqual([
    { owner: "b", run: "s", gpus: 6 },
    { owner: "a", run: "r", gpus: 5 },
  ]);
});
