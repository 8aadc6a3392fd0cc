import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readWorkflow } from "./read-workflow.ts";
import type { WorkflowNode, WorkflowSpec, WorkflowStatus } from "./workflow-shapes.ts";

const spec: WorkflowSpec = {
  entrypoint: "main",
  templates: [
    {
      name: "main",
      dag: {
        tasks: [
          { name: "gate", template: "gate", depends: "sft.Succeeded && !prepare.Failed" },
          { name: "sft", template: "train", dependencies: ["prepare"] },
          { name: "prepare", template: "work" },
        ],
      },
    },
  ],
};

const node = (name: string, phase: NonNullable<WorkflowNode["phase"]>, more: Partial<WorkflowNode> = {}) => ({
  id: `wf-${name}`,
  name: `wf.${name}`,
  displayName: name,
  type: "Pod",
  phase,
  ...more,
});

function workflow(status: WorkflowStatus, nodes: readonly WorkflowNode[] = [], specOf: WorkflowSpec = spec) {
  const root: WorkflowNode = { id: "wf", name: "wf", type: "DAG", phase: "Running" };
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name: "wf", namespace: "llm-training" },
    spec: specOf,
    status: {
      ...status,
      ...(nodes.length > 0 && {
        nodes: Object.fromEntries([root, ...nodes].map((one) => [one.id, one])),
      }),
    },
  };
}
const read = (...given: Parameters<typeof workflow>) => readWorkflow(workflow(...given)).observation;

describe("a Workflow in our words", () => {
  it.each([
    [{}, "queued"],
    [{ phase: "Pending" }, "queued"],
    [{ phase: "Running" }, "running"],
    [{ phase: "Succeeded" }, "succeeded"],
    [{ phase: "Failed" }, "failed"],
    [{ phase: "Error" }, "failed"],
  ] as const)("is, with the status %j, %s", (status, state) => {
    expect(read(status).state).toBe(state);
  });

  it("waits as long as its first pod does, and says why", () => {
    const message = "Unschedulable: 0/4 nodes are available";

    expect(read({ phase: "Running" }, [node("prepare", "Pending", { message })])).toMatchObject({
      state: "queued",
      reason: message,
    });
  });

  it("runs on while a later step waits", () => {
    const nodes = [node("prepare", "Succeeded"), node("sft", "Pending", { message: "Unschedulable" })];

    expect(read({ phase: "Running" }, nodes)).toMatchObject({ state: "running", reason: "Unschedulable" });
  });

  it("has run since its first pod has, not since the controller saw it", () => {
    const startedAt = "2026-11-24T02:30:00Z";
    const nodes = [node("prepare", "Running", { startedAt })];

    expect(read({ phase: "Running", startedAt: "2026-11-24T01:00:00Z" }, nodes).startedAt).toEqual(
      new Date(startedAt),
    );
  });

  it("names the step that failed, and leaves Argo's own word for a stopped one", () => {
    const nodes = [
      node("prepare", "Succeeded"),
      node("sft", "Failed", { message: "main: OOMKilled (exit code 137)" }),
    ];

    expect(read({ phase: "Failed", message: "child 'wf-1' failed" }, nodes).reason).toBe(
      "sft: main: OOMKilled (exit code 137)",
    );
    expect(read({ phase: "Failed", message: "Stopped with strategy 'Stop'" }, nodes).reason).toBe(
      "Stopped with strategy 'Stop'",
    );
  });

  it("tells what it was invalid for when it has no steps", () => {
    expect(read({ phase: "Error", message: 'workflowtemplates "x" not found' }).reason).toBe(
      'workflowtemplates "x" not found',
    );
  });
});

describe("its steps", () => {
  it("come in the order of their dependencies, those whose turn it is not yet included", () => {
    const { detail } = read({ phase: "Running" }, [
      node("prepare", "Succeeded"),
      node("sft", "Running", { startedAt: "2026-11-24T02:30:00Z" }),
    ]);

    expect(detail?.steps?.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "prepare succeeded",
      "sft running",
      "gate waiting",
    ]);
  });

  it.each([
    ["Skipped", "", "skipped"],
    ["Omitted", "omitted: depends condition not met", "skipped"],
    ["Error", "pod deleted", "failed"],
    ["Failed", "workflow shutdown with strategy:  Stop", "cancelled"],
  ] as const)("are, with the phase %s and the message %j, %s", (phase, message, state) => {
    const { detail } = read({ phase: "Running" }, [node("prepare", phase, { message })]);

    expect(detail?.steps?.[0]?.state).toBe(state);
  });

  it("are those of the template that the workflow refers to", () => {
    const status = { phase: "Running", storedWorkflowTemplateSpec: spec } as const;
    const { detail } = read(status, [node("prepare", "Running")], {
      workflowTemplateRef: { name: "korean-llm" },
    });

    expect(detail?.steps?.map(({ name }) => name)).toEqual(["prepare", "sft", "gate"]);
  });

  it("of lists go group by group", () => {
    const lists = {
      entrypoint: "main",
      templates: [{ name: "main", steps: [[{ name: "a" }], [{ name: "b" }, { name: "c" }]] }],
    };
    const nodes = [{ ...node("a", "Succeeded"), name: "wf[0].a" }];

    expect(read({ phase: "Running" }, nodes, lists).detail?.steps?.map(({ state }) => state)).toEqual([
      "succeeded",
      "waiting",
      "waiting",
    ]);
  });

  it("wait with the pods of a group or a retry, and count what was started again", () => {
    const retry = node("prepare", "Running", { type: "Retry", children: ["wf-0", "wf-1"] });
    const attempt = (index: number, phase: "Failed" | "Pending") => ({
      ...node(`prepare(${index})`, phase, { message: phase }),
      id: `wf-${index}`,
    });

    const { detail } = read({ phase: "Running" }, [retry, attempt(0, "Failed"), attempt(1, "Pending")]);

    expect(detail?.steps?.[0]).toMatchObject({ state: "queued", reason: "Pending" });
    expect(detail?.restarts).toBe(1);
  });

  it("make up the progress", () => {
    const nodes = [node("prepare", "Succeeded"), node("sft", "Running")];

    expect(read({ phase: "Running", progress: "1/2" }, nodes).progress).toBeCloseTo(1 / 3);
  });

  it("that are not gone into after the end count as skipped", () => {
    const { detail } = read({ phase: "Failed" }, [node("prepare", "Failed")]);

    expect(detail?.steps?.map(({ state }) => state)).toEqual(["failed", "skipped", "skipped"]);
  });
});

describe("large workflows", () => {
  const packed = (content: string) => gzipSync(content).toString("base64");

  it("are unpacked", () => {
    const nodes = JSON.stringify({ "wf-prepare": node("prepare", "Running") });

    const { detail } = read({ phase: "Running", compressedNodes: packed(nodes) });

    expect(detail?.steps?.[0]).toMatchObject({ name: "prepare", state: "running" });
  });

  it.each([
    ["are not unpacked beyond all measure", { compressedNodes: packed(`{}${" ".repeat(11 * 1_048_576)}`) }],
    ["are left alone where they are damaged", { compressedNodes: "bm8=" }],
    ["say so where only Argo has them", { offloadNodeStatusVersion: "fnv:1" }],
  ])("%s", (_title, status) => {
    const observation = read({ phase: "Running", ...status });

    expect(observation).toMatchObject({ state: "running", reason: expect.stringContaining("its steps") });
    expect(observation.detail?.steps).toBeUndefined();
  });
});

describe("gates", () => {
  const gate = node("gate", "Running", {
    type: "Suspend",
    inputs: { parameters: [{ name: "message", value: "accuracy 0.87, deploy?" }] },
  });

  it("are told while they wait, with their message", () => {
    expect(read({ phase: "Running" }, [gate])).toMatchObject({
      state: "running",
      detail: { gates: [{ id: "wf-gate", name: "gate", message: "accuracy 0.87, deploy?" }] },
    });
  });

  it("are told no more once they are decided", () => {
    expect(read({ phase: "Running" }, [{ ...gate, phase: "Succeeded" }]).detail?.gates).toBeUndefined();
  });
});
