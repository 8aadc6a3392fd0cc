import { expect, it } from "vitest";
import { summarizeGpus, type NodeObject, type PodObject } from "./gpu-status.ts";

const node = (name: string, gpus: number, extra: Partial<NodeObject> = {}): NodeObject => ({
  metadata: { name, labels: { "gpu-type": "h100" } },
  status: {
    allocatable: { "nvidia.com/gpu": String(gpus) },
    conditions: [{ type: "Ready", status: "True" }],
  },
  ...extra,
});
const pod = (name: string, gpus: number, nodeName?: string, phase = "Running"): PodObject => ({
  metadata: {
    name,
    namespace: "llm-training",
    labels: { "jibsa.dev/owner": "minji" },
    creationTimestamp: "2026-11-24T00:00:00Z",
  },
  spec: {
    ...(nodeName !== undefined && { nodeName }),
    containers: [{ resources: { limits: { "nvidia.com/gpu": gpus } } }],
  },
  status: {
    phase,
    conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes are available" }],
  },
});

it("counts what the scheduler counts: placed pods that have not ended", () => {
  const { nodes } = summarizeGpus(
    [node("gpu-10", 8), node("gpu-2", 8), node("cpu-1", 0)],
    [pod("a", 2, "gpu-2"), pod("b", 4, "gpu-2"), pod("ended", 8, "gpu-2", "Succeeded")],
  );

  expect(nodes.map(({ name, total, allocated }) => [name, total, allocated])).toEqual([
    ["gpu-2", 8, 6],
    ["gpu-10", 8, 0],
  ]);
  expect(nodes[0]?.holders.map(({ run }) => run)).toEqual(["b", "a"]);
});

it("does not count a cordoned node as ready", () => {
  expect(summarizeGpus([node("gpu-1", 8, { spec: { unschedulable: true } })], []).nodes[0]?.ready).toBe(
    false,
  );
});

it("lists who waits, with the scheduler's words", () => {
  expect(summarizeGpus([], [pod("w", 8, undefined, "Pending")]).waiting).toEqual([
    expect.objectContaining({ pod: "w", gpus: 8, owner: "minji", reason: "0/1 nodes are available" }),
  ]);
});
