import { describe, expect, it } from "vitest";
import { footprintOf } from "../pod-templates.ts";
import { podNameOf } from "./pod-name.ts";
import { podTemplatesOf } from "./workflow-pods.ts";

const pod = (name: string, gpus: unknown) => ({
  name,
  container: { image: "x", resources: { limits: { "nvidia.com/gpu": gpus } } },
});
const footprint = (spec: object, annotations?: Record<string, string>) =>
  footprintOf(
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: { name: "wf", namespace: "ns", ...(annotations && { annotations }) },
      spec,
    },
    podTemplatesOf,
  );

describe("what a workflow asks for", () => {
  it("is its largest step, not all of them together", () => {
    expect(footprint({ templates: [pod("a", 2), pod("b", "4"), { name: "gate", suspend: {} }] }).gpus).toBe(
      4,
    );
  });

  it("is a step times its literal fan-out", () => {
    const tasks = [{ name: "each", template: "a", withItems: [1, 2, 3] }];

    expect(footprint({ templates: [{ name: "main", dag: { tasks } }, pod("a", 2), pod("b", 4)] }).gpus).toBe(
      6,
    );
  });

  it("follows a parameter of the workflow", () => {
    const spec = {
      arguments: { parameters: [{ name: "gpus", value: "8" }] },
      templates: [pod("a", "{{workflow.parameters.gpus}}")],
    };

    expect(footprint(spec).gpus).toBe(8);
  });

  it("counts the replicas of a job that a step creates, and finds the type", () => {
    const manifest = `
kind: PyTorchJob
spec:
  pytorchReplicaSpecs:
    Master: { replicas: 1, template: { spec: { nodeSelector: { gpu-type: h100 }, containers: [{ resources: { limits: { nvidia.com/gpu: 4 } } }] } } }
    Worker: { replicas: 3, template: { spec: { containers: [{ resources: { limits: { nvidia.com/gpu: 4 } } }] } } }
`;

    expect(footprint({ templates: [{ name: "a", resource: { manifest } }] })).toMatchObject({
      gpus: 16,
      gpuType: "h100",
    });
  });

  it("is what the stage expects where the workflow only refers to a template", () => {
    const spec = { workflowTemplateRef: { name: "korean-llm" } };

    expect(footprint(spec, { "jibsa.dev/expected-gpus": "4" }).gpus).toBe(4);
  });
});

describe("a node's pod", () => {
  it.each([
    [{ name: "wf", templateName: "work" }, "wf"],
    // As Argo 3.7.18 names it.
    [{ name: "wf[0].prepare", templateName: "work" }, "wf-work-112464199"],
  ])("of %j is called %s", (node, name) => {
    expect(podNameOf("wf", { id: "x", ...node })).toBe(name);
  });
});
