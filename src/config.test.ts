import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { formatValue, parseStageParams } from "./actions/training/stage-catalogue.ts";
import { ConfigError, readConfig } from "./config.ts";
import { describeConfig } from "./cli/describe-config.ts";

const folder = mkdtempSync(join(tmpdir(), "jibsa-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, `${Math.abs(content.length)}-${content.slice(0, 8).replaceAll(/\W/g, "")}.yaml`);
  writeFileSync(path, content);
  return path;
}
function problemsOf(content: string, env: NodeJS.ProcessEnv = {}) {
  try {
    readConfig(env, { file: file(content) });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const stageWith = (podSpec: string) => `
stages:
  - name: sft
    summary: s
    engine: pytorch-job
    namespace: llm-training
    expectedHours: 1
    template: { spec: { template: { spec: { ${podSpec} } } } }
`;

describe("the configuration", () => {
  it("is the example's without a file and without tokens: playground, simulated cluster, stages of every engine", () => {
    const config = readConfig({});

    expect(config.slack.kind).toBe("playground");
    expect(config.clusters).toEqual([{ name: "onprem-a", kind: "simulated" }]);
    expect(config.stages.map((stage) => stage.name)).toEqual(
      expect.arrayContaining([
        "preprocess",
        "cpt",
        "sft",
        "rlhf",
        "evaluate",
        "korean-llm",
        "sft-katib",
        "korean-llm-kfp",
      ]),
    );
    expect(config.policy.approvals[0]?.expiresInMs).toBe(4 * 3_600_000);
  });

  it("refuses a preset whose values its stage would refuse, at the value", () => {
    const parameters =
      "[{ name: epochs, summary: e, type: integer, default: 1, min: 1, max: 9, path: spec.epochs }]";
    const presets = "[{ name: long, summary: l, parameters: { epochs: 99, speed: 2 } }]";
    const problems = problemsOf(
      `${stageWith("")}    parameters: ${parameters}\n    presets: ${presets}\n`.replace(
        "template: { spec: {",
        "template: { spec: { epochs: 1, ",
      ),
    );

    expect(JSON.stringify(problems)).toContain("stages[0].presets[0].parameters.epochs");
    expect(JSON.stringify(problems)).toContain("stages[0].presets[0].parameters.speed");
  });

  it("allows nothing with real tokens and no file", () => {
    const config = readConfig({ SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1", KUBECONFIG: "/k" });

    expect(config.policy).toEqual({ roles: [], rules: [], approvals: [], limits: [] });
    expect(config.clusters[0]).toMatchObject({ kind: "kubeconfig", file: "/k" });
    expect(config.slack).toMatchObject({ kind: "real", transport: { kind: "socket" } });
  });

  it("tells every problem together, with its path", () => {
    const problems = problemsOf("unknown: 1\nlisten: { apiPort: 99999 }\nmodel: { timeout: 60 }\n");

    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      "(top level)",
      "listen.apiPort",
      "model.timeout",
    ]);
  });

  it.each([
    ["policy: { rules: [{ name: a, effect: allow, actions: [x], roles: [none] }] }", "there is no role"],
    ["policy: { limits: [{ name: a, gpus: 1, roles: [none] }] }", "there is no role"],
    ["policy: { limits: [{ name: a }] }", "limits nothing"],
    ["policy: { limits: [{ name: a, gpus: 1 }, { name: a, runs: 1 }] }", "two limits"],
    ["policy: { limits: [{ name: a, gpus: 1, per: team, people: [U1] }] }", "a role of their own"],
    [stageWith("hostNetwork: true"), "safety.allow has no host-namespaces"],
    [`${stageWith("containers: [{ image: evil/x }]")}safety: { images: [registry.example.com] }`, "evil/x"],
    ["policy: { roles: [{ name: a, kubernetes: { groups: [system:masters] } }] }", "never impersonated"],
    ["queue: { backend: redis }", "JIBSA_REDIS_URL"],
    [
      "stages: [{ name: a, summary: a, engine: argo-workflow, namespace: b, expectedHours: 1, template: { spec: { workflowTemplateRef: { name: c } } } }]",
      "a WorkflowTemplate is not read",
    ],
    ["model: { provider: openai }", "needs url and name"],
    ["a: [", "Flow sequence"],
  ])("refuses %s", (content, message) => {
    expect(
      problemsOf(content)
        .map((problem) => problem.message)
        .join(),
    ).toContain(message);
  });

  it("refuses half a set of Slack secrets without printing them", () => {
    const problems = problemsOf("{}", { SLACK_APP_TOKEN: "xapp-secret" });

    expect(JSON.stringify(problems)).toContain("SLACK_BOT_TOKEN");
    expect(JSON.stringify(problems)).not.toContain("secret-");
  });

  it("is shown with its secrets masked", () => {
    const config = readConfig({
      SLACK_BOT_TOKEN: "xoxb-canary",
      SLACK_SIGNING_SECRET: "canary-canary",
      JIBSA_POSTGRES_URL: "postgres://u:canary@h/d",
    });

    expect(JSON.stringify(describeConfig(config))).not.toContain("canary");
  });
});

describe("named models in the settings", () => {
  const model = { name: "large", provider: "openai", url: "https://m.example/v1", model: "m" };
  const toldOf = (models: object[]) => JSON.stringify(problemsOf(JSON.stringify({ models })));

  it("have names of their own, and keys that are never shown", () => {
    const content = { models: [{ ...model, tokenEnv: "VLLM_KEY" }] };

    const config = readConfig({ VLLM_KEY: "canary" }, { file: file(JSON.stringify(content)) });

    expect(config.modelTokens).toEqual({ large: "canary" });
    expect(JSON.stringify(describeConfig(config))).not.toContain("canary");
    expect(toldOf([{ ...model, tokenEnv: "VLLM_KEY" }])).toContain("environment VLLM_KEY");
    expect(toldOf([model, model])).toContain("there are two models");
    expect(toldOf([{ ...model, name: "Two words" }])).toContain("models[0].name");
  });
});

describe("Kubeflow Pipelines in the settings", () => {
  const stage = {
    name: "p",
    summary: "p",
    engine: "kubeflow-pipeline",
    namespace: "llm-training",
    expectedHours: 1,
    template: { spec: { pipeline: "p" } },
  };
  const cluster = (auth: unknown) => ({
    name: "a",
    inCluster: true,
    kubeflowPipelines: { url: "http://kfp:8888", auth },
  });
  const toldOf = (content: object): string => JSON.stringify(problemsOf(JSON.stringify(content)));

  it("are needed by a stage of a real cluster, which has to say its GPUs", () => {
    const bare = { name: "a", inCluster: true };

    expect(toldOf({ clusters: [bare], stages: [{ ...stage, expectedGpus: 1 }] })).toContain(
      "needs kubeflowPipelines at cluster",
    );
    expect(toldOf({ clusters: [cluster("none")], stages: [stage] })).toContain("expectedGpus");
    expect(toldOf({ clusters: [cluster("none")], stages: [{ ...stage, expectedGpus: 1 }] })).toBe("[]");
  });

  it("take their token from the environment alone, and never show it", () => {
    const content = { clusters: [cluster({ tokenEnv: "KFP_TOKEN" })] };
    expect(toldOf(content)).toContain("environment KFP_TOKEN");

    const config = readConfig({ KFP_TOKEN: "canary" }, { file: file(JSON.stringify(content)) });

    expect(config.pipelinesTokens).toEqual({ a: "canary" });
    expect(JSON.stringify(describeConfig(config))).not.toContain("canary");
  });
});

describe("the example's stages", () => {
  it("take their own defaults, typed or filled into the form", () => {
    const { stages } = readConfig({});

    expect(stages.length).toBeGreaterThan(6);
    for (const stage of stages) {
      const typed = Object.fromEntries(
        stage.parameters.map((parameter) => [parameter.name, formatValue(parameter.default)]),
      );
      expect(parseStageParams(stage, typed)).toMatchObject({ ok: true });
    }
  });
});
