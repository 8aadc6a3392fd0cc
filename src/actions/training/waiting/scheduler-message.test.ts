import { describe, expect, it } from "vitest";
import { parseSchedulerMessage } from "./scheduler-message.ts";

const preemption =
  "preemption: 0/4 nodes are available: 2 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.";

describe("the scheduler's message", () => {
  it("is read as one cause for each group of nodes", () => {
    const text = `0/5 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint {nvidia.com/gpu: }, 1 node(s) were unschedulable, 2 Insufficient nvidia.com/gpu. ${preemption}`;

    expect(parseSchedulerMessage(text)).toEqual({
      nodes: 5,
      causes: [
        { kind: "selector", nodes: 1 },
        { kind: "taint", taint: "nvidia.com/gpu", nodes: 1 },
        { kind: "cordoned", nodes: 1 },
        { kind: "short", resource: "nvidia.com/gpu", nodes: 2 },
      ],
    });
  });

  it("keeps the value of a taint, and does not end at a dot inside a name", () => {
    const text = `0/2 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint {team.example.com/only: vision}. ${preemption}`;

    expect(parseSchedulerMessage(text)?.causes).toEqual([
      { kind: "short", resource: "memory", nodes: 1 },
      { kind: "taint", taint: "team.example.com/only=vision", nodes: 1 },
    ]);
  });

  it.each([
    [
      'persistentvolumeclaim "model-output-pvc" not found',
      {
        kind: "volume",
        claim: "model-output-pvc",
        words: 'persistentvolumeclaim "model-output-pvc" not found',
      },
    ],
    [
      "pod has unbound immediate PersistentVolumeClaims",
      { kind: "volume", words: "pod has unbound immediate PersistentVolumeClaims" },
    ],
    [
      "2 node(s) had volume node affinity conflict",
      { kind: "volume", words: "node(s) had volume node affinity conflict", nodes: 2 },
    ],
    ["2 node(s) had untolerated taint(s)", { kind: "taint", nodes: 2 }],
    ["3 Too many pods", { kind: "short", resource: "pods", nodes: 3 }],
    [
      "1 node(s) didn't satisfy plugin(s) [Coscheduling]",
      { kind: "other", words: "node(s) didn't satisfy plugin(s) [Coscheduling]", nodes: 1 },
    ],
  ])("%s is a cause of its own", (list, cause) => {
    expect(parseSchedulerMessage(`0/4 nodes are available: ${list}. ${preemption}`)?.causes).toEqual([cause]);
  });

  it("of another form is none", () => {
    expect(parseSchedulerMessage("running PreBind plugin: timed out")).toBeUndefined();
    expect(parseSchedulerMessage("no nodes available to schedule pods")).toEqual({ nodes: 0, causes: [] });
  });
});
