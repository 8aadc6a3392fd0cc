import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { placePod, takeRoom, type NodeUse } from "./place-pod.ts";

const metadata = (name: string, labels: Record<string, string> = {}) => ({
  name,
  uid: name,
  resourceVersion: "1",
  creationTimestamp: "",
  labels,
});
const node = (name: string, gpus: number, spec: object = {}, labels = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: metadata(name, labels),
  spec,
  status: { allocatable: { cpu: "8", memory: "64Gi", pods: "2", "nvidia.com/gpu": String(gpus) } },
});
const pod = (gpus: number, spec: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: metadata("pod"),
  spec: { containers: [{ name: "a", resources: { requests: { "nvidia.com/gpu": gpus } } }], ...spec },
});
const taint = { taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] };

describe("placing a pod", () => {
  it("takes the first node with room, and counts what runs there", () => {
    const nodes = [node("one", 4), node("two", 4)];
    const use: NodeUse = new Map();
    takeRoom(use, pod(3, { nodeName: "one" }));

    expect(placePod(pod(1), nodes, use)).toEqual({ node: "one" });
    expect(placePod(pod(2), nodes, use)).toEqual({ node: "two" });
    takeRoom(use, pod(1, { nodeName: "one" }));
    expect(placePod(pod(0), nodes, use)).toEqual({ node: "two" });
  });

  it("forgets pods that are over", () => {
    const use: NodeUse = new Map();
    takeRoom(use, { ...pod(4, { nodeName: "one" }), status: { phase: "Succeeded" } });

    expect(placePod(pod(4), [node("one", 4)], use)).toEqual({ node: "one" });
  });

  it.each([
    [{ key: "gpu", operator: "Exists" }, true],
    [{ operator: "Exists" }, true],
    [{ key: "gpu", value: "yes" }, true],
    [{ key: "gpu", operator: "Equal", value: "yes", effect: "NoSchedule" }, true],
    [{ key: "gpu", value: "no" }, false],
    [{ key: "gpu", operator: "Exists", effect: "NoExecute" }, false],
    [{ key: "other", operator: "Exists" }, false],
  ])("tolerates the taint by %j: %s", (toleration, tolerated) => {
    const found = placePod(pod(1, { tolerations: [toleration] }), [node("one", 4, taint)], new Map());

    expect("node" in found).toBe(tolerated);
  });

  it("says why not, in the scheduler's words", () => {
    const nodes = [
      node("full", 0),
      node("tainted", 4, taint),
      node("cordoned", 4, { unschedulable: true }),
      node("other", 4, {}, { "gpu-type": "l40s" }),
    ];

    expect(placePod(pod(1, { nodeSelector: { "gpu-type": "h100" } }), nodes, new Map())).toEqual({
      why: "0/4 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.",
    });
    expect(placePod(pod(1), nodes.slice(0, 1), new Map())).toEqual({
      why: "0/1 nodes are available: 1 Insufficient nvidia.com/gpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
    });
    expect(placePod(pod(1), [], new Map())).toEqual({ why: "no nodes available to schedule pods" });
  });
});
