import { describe, expect, it } from "vitest";
import { renderFixture, stageOfEvery } from "#test/fixtures/stage-of-every-engine.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { workflowStageFixture } from "#test/fixtures/workflow-stage.ts";
import { experimentStageFixture } from "#test/fixtures/experiment-stage.ts";
import type { EngineKind, Stage } from "../../ports.ts";
import { checkObjectSafety, type SafetySettings } from "./check-object-safety.ts";

const text = { en: "x", ko: "x" };
const open = (name: string, path: Stage["parameters"][number]["path"], standard: string) => ({
  name,
  summary: text,
  type: "string" as const,
  default: standard,
  path,
});

/** The rules that a start with these values breaks. */
function rulesOf(
  stage: Stage,
  params: Record<string, string> = {},
  settings: SafetySettings = {},
  stages: readonly Stage[] = [stage],
): readonly string[] {
  const object = renderFixture(stage, params);
  return [...new Set(checkObjectSafety(object, { settings, stages }).map(({ rule }) => rule))].toSorted();
}

/** The engine's own stage with a pod spec (or part of one) put where it becomes a pod. */
function withPod(kind: EngineKind, podSpec: Record<string, unknown>): Stage {
  const stage = stageOfEvery[kind];
  const template = structuredClone(stage.template) as { spec: Record<string, unknown> };
  let found = false;
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== "object" || found) return;
    const holder = node as Record<string, unknown>;
    const isPod =
      Array.isArray(holder["containers"]) || holder["container"] !== undefined || "tolerations" in holder;
    if (isPod) {
      Object.assign(holder, podSpec);
      found = true;
    } else Object.values(holder).forEach(visit);
  };
  visit(template.spec);
  if (!found) throw new Error(`the ${kind} fixture has no pod`);
  return { ...stage, template };
}

/** Its pods are in the pipeline, which its run only names. */
const kinds = (Object.keys(stageOfEvery) as EngineKind[]).filter((kind) => kind !== "kubeflow-pipeline");

describe.each(kinds)("a %s", (kind) => {
  it("is let through as the catalogue has it", () => {
    expect(rulesOf(stageOfEvery[kind])).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a folder of the node", { volumes: [{ name: "v", hostPath: { path: "/" } }] }, "host-path"],
    ["the node's network", { hostNetwork: true }, "host-namespaces"],
    ["the node's processes", { hostPID: true }, "host-namespaces"],
    ["the node's IPC", { hostIPC: "true" }, "host-namespaces"],
    ["a privileged container", { initContainers: [{ securityContext: { privileged: true } }] }, "privileged"],
    [
      "a capability as good as that",
      { sidecars: [{ securityContext: { capabilities: { add: ["sys_admin"] } } }] },
      "privileged",
    ],
  ])("with %s is refused, even where the template has it, unless it is allowed", (_what, podSpec, rule) => {
    const stage = withPod(kind, podSpec);
    const allow = [rule] as SafetySettings["allow"] & object;

    expect(rulesOf(stage)).toEqual([rule]);
    expect(rulesOf(stage, {}, { allow })).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["another image", { initContainers: [{ name: "i", image: "evil.example.com/x" }] }, "image"],
    ["another service account", { serviceAccountName: "cluster-admin" }, "service-account"],
    [
      "another volume claim",
      { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "payroll" } }] },
      "claim",
    ],
    ["a volume from elsewhere", { volumes: [{ name: "v", nfs: { server: "x", path: "/" } }] }, "volume"],
  ])("with %s than the catalogue's is refused", (_what, podSpec, rule) => {
    expect(rulesOf(withPod(kind, podSpec), {}, {}, [stageOfEvery[kind]])).toEqual([rule]);
  });

  it("goes to the stages' namespaces only, or to those that are listed", () => {
    const stage = stageOfEvery[kind];
    const elsewhere = { ...stage, namespace: "kube-system" };

    expect(rulesOf(elsewhere, {}, {}, [stage])).toEqual(["namespace"]);
    expect(rulesOf(stage, {}, { namespaces: ["other"] })).toEqual(["namespace"]);
    expect(rulesOf(elsewhere, {}, { namespaces: ["kube-system"] }, [stage])).toEqual([]);
  });
});

describe("a Kubeflow pipeline's run", () => {
  const stage = stageOfEvery["kubeflow-pipeline"];

  it("is held to namespaces, service accounts and parameters that are images", () => {
    const withSpec = (extra: object) => ({
      ...stage,
      template: { ...stage.template, spec: { ...(stage.template["spec"] as object), ...extra } },
    });

    expect(rulesOf(stage)).toEqual([]);
    expect(rulesOf(withSpec({ serviceAccount: "cluster-admin" }), {}, {}, [stage])).toEqual([
      "service-account",
    ]);
    expect(rulesOf(withSpec({ parameters: { image: "evil/x" } }), {}, {}, [stage])).toEqual(["image"]);
  });
});

describe("an image list", () => {
  const pod = [
    "spec",
    "pytorchReplicaSpecs",
    "Master",
    "template",
    "spec",
    "containers",
    { name: "pytorch" },
  ];
  const stage = stageFixture({
    parameters: [open("image", [...pod, "image"] as never, "unsloth-korean:2026.10")],
  });

  it.each([
    ["registry.example.com", "registry.example.com/team/x:1", true],
    ["registry.example.com", "registry.example.com.elsewhere.com/x", false],
    ["registry.example.com", "registry.example.com:5000/x", false],
    ["registry.example.com:5000", "registry.example.com:5000/x", true],
    ["registry.example.com/team", "registry.example.com/team/x@sha256:00", true],
    ["registry.example.com/team", "registry.example.com/teammates/x", false],
    ["registry.example.com/team/", "registry.example.com/team/x", true],
    ["unsloth-korean", "unsloth-korean:2026.11", true],
    ["unsloth-korean:2026.10", "unsloth-korean:2026.11", false],
  ])("of %s and the image %s: %s", (entry, image, isAllowed) => {
    expect(rulesOf(stage, { image }, { images: [entry] })).toEqual(isAllowed ? [] : ["image"]);
  });

  it("holds the templates' own and their choices, where it is left out", () => {
    const choices = ["unsloth-korean:2026.10", "unsloth-korean:2026.11"];
    const choosing = { ...stage, parameters: stage.parameters.map((one) => ({ ...one, choices })) };

    expect(rulesOf(choosing, { image: "unsloth-korean:2026.11" })).toEqual([]);
    expect(rulesOf(stage, { image: "unsloth-korean:2026.11" })).toEqual(["image"]);
  });
});

describe("what is smuggled through a parameter", () => {
  const argument = (name: string) => ["spec", "arguments", "parameters", { name }, "value"];
  /** A workflow with one open parameter and one template. */
  const workflow = (step: Record<string, unknown>, spec: Record<string, unknown> = {}) =>
    workflowStageFixture({
      parameters: [open("version", argument("version"), "v1")],
      template: {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Workflow",
        spec: {
          entrypoint: "main",
          arguments: { parameters: [{ name: "version", value: "v1" }] },
          templates: [{ name: "main", ...step }],
          ...spec,
        },
      },
    });

  it.each([
    ["a workflow's image", workflow({ container: { image: "{{workflow.parameters.version}}" } }), "image"],
    [
      "a part of its image, over a step's input",
      workflow(
        { container: { image: "reg.example.com/{{inputs.parameters.path}}" } },
        {
          templates: [
            { name: "main", container: { image: "reg.example.com/{{inputs.parameters.path}}" } },
            {
              name: "graph",
              dag: {
                tasks: [
                  {
                    name: "a",
                    template: "main",
                    arguments: { parameters: [{ name: "path", value: "x:{{workflow.parameters.version}}" }] },
                  },
                ],
              },
            },
          ],
        },
      ),
      "image",
    ],
    ["an expression", workflow({ container: { image: "{{=workflow.parameters.version}}" } }), "image"],
    [
      "an image that is only handed on",
      workflow(
        {},
        {
          workflowTemplateRef: { name: "t" },
          arguments: {
            parameters: [
              { name: "version", value: "v1" },
              { name: "train-image", value: "x:{{workflow.parameters.version}}" },
            ],
          },
        },
      ),
      "image",
    ],
    [
      "a loop's items",
      workflow(
        { container: { image: "{{item}}" } },
        {
          templates: [
            { name: "main", container: { image: "{{inputs.parameters.i}}" } },
            {
              name: "loop",
              steps: [
                [
                  {
                    name: "a",
                    template: "main",
                    withItems: ["{{workflow.parameters.version}}"],
                    arguments: { parameters: [{ name: "i", value: "{{item}}" }] },
                  },
                ],
              ],
            },
          ],
        },
      ),
      "image",
    ],
    [
      "its service account",
      workflow({}, { serviceAccountName: "{{workflow.parameters.version}}" }),
      "service-account",
    ],
    [
      "a claim in a manifest",
      workflow({
        resource: {
          action: "create",
          manifest:
            "spec: {volumes: [{name: d, persistentVolumeClaim: {claimName: '{{workflow.parameters.version}}'}}]}",
        },
      }),
      "claim",
    ],
    [
      "the namespace of a manifest",
      workflow({ resource: { manifest: "metadata:\n  namespace: '{{workflow.parameters.version}}'\n" } }),
      "namespace",
    ],
  ])("%s is found", (_what, stage, rule) => {
    expect(rulesOf(stage)).toEqual([]);
    expect(rulesOf(stage, { version: "evil" })).toEqual([rule]);
  });

  it.each([
    [
      "breaks out of a manifest's line",
      "manifest: {{workflow.parameters.version}}",
      "v1\nhostNetwork: true",
      "host-namespaces",
    ],
    ["is flow style", "a: {{workflow.parameters.version}}", "{hostPID: true}", "host-namespaces"],
    ["makes it no YAML at all", "a: {{workflow.parameters.version}}", "[", "unreadable"],
    ["is another case", "a: {{workflow.parameters.version}}", "{HostPath: {path: /}}", "host-path"],
  ])("a value that %s is found", (_what, manifest, version, rule) => {
    const stage = workflow({ resource: { manifest } });

    expect(rulesOf(stage)).toEqual([]);
    expect(rulesOf(stage, { version })).toEqual([rule]);
  });

  it("a pod patch that is a text is read as one", () => {
    const stage = workflow(
      {},
      { podSpecPatch: '{"containers":[{"name":"main","image":"{{workflow.parameters.version}}"}]}' },
    );

    expect(rulesOf(stage)).toEqual([]);
    expect(rulesOf(stage, { version: 'x","securityContext":{"privileged":true},"y":"' })).toEqual([
      "image",
      "privileged",
    ]);
  });

  it("an image among a sweep's values is found", () => {
    const stage = experimentStageFixture();
    const template = structuredClone(stage.template) as { spec: { trialTemplate: { trialSpec: unknown } } };
    const trial = JSON.stringify(template.spec.trialTemplate.trialSpec);
    template.spec.trialTemplate.trialSpec = JSON.parse(
      trial.replace("unsloth-korean:2026.10", "unsloth-korean:${trialParameters.batchSize}"),
    );
    const sweep = { ...stage, template };

    expect(rulesOf(sweep)).toEqual([]);
    expect(rulesOf(sweep, { "batch-sizes": "4,8,evil" })).toEqual(["image"]);
  });

  it("an image of Ray's environment is found", () => {
    const stage = stageOfEvery["ray-job"];
    const evil = structuredClone(stage.template) as { spec: Record<string, unknown> };
    evil.spec["runtimeEnvYAML"] = "image_uri: evil.example.com/x\n";

    expect(rulesOf({ ...stage, template: evil }, {}, {}, [stage])).toEqual(["image"]);
  });

  it("a value of words that mean something elsewhere stays a value", () => {
    expect(rulesOf(stageFixture(), { "base-model": "hostNetwork: true\nimage: evil" })).toEqual([]);
  });
});

describe("what only a running step knows", () => {
  const stage = workflowStageFixture({
    parameters: [],
    template: { spec: { templates: [{ container: { image: "{{tasks.build.outputs.parameters.image}}" } }] } },
  });

  it("is the template's own word, and not covered by a list", () => {
    expect(rulesOf(stage)).toEqual([]);
    expect(rulesOf(stage, {}, { images: ["registry.example.com"] })).toEqual(["image"]);
  });
});
