import { describe, expect, it } from "vitest";
import { personFixture } from "#test/fixtures/people.ts";
import { experimentStageFixture } from "#test/fixtures/experiment-stage.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { bestTrialParams } from "./best-trial-params.ts";
import { readExperiment } from "./experiment-state.ts";
import { createKatibExperimentEngine } from "./katib-experiment-engine.ts";
import { readTrialObject } from "./read-trial.ts";

const conditions = (...types: string[]) =>
  types.map((type, index) => ({
    type,
    status: type === "Running" && index < types.length - 1 ? "False" : "True",
    message: `${type}.`,
    lastTransitionTime: "2026-11-24T01:00:00Z",
  }));

const experiment = (status: Record<string, unknown>) => ({
  apiVersion: "kubeflow.org/v1beta1",
  kind: "Experiment",
  metadata: { name: "sft-katib-r1", namespace: "llm-training", uid: "u-1" },
  spec: { maxTrialCount: 8, objective: { type: "minimize", objectiveMetricName: "loss" } },
  status,
});

const metrics = [
  { name: "loss", latest: "0.52", min: "0.41", max: "2.2" },
  { name: "accuracy", latest: "0.81", min: "0.1", max: "0.9" },
  { name: "perplexity", latest: "unavailable", min: "unavailable", max: "unavailable" },
];

describe("an Experiment in our words", () => {
  it.each([
    [[], "queued"],
    [["Created"], "queued"],
    [["Created", "Running"], "running"],
    [["Created", "Running", "Succeeded"], "succeeded"],
    [["Created", "Running", "Failed"], "failed"],
    [["Created", "Restarting"], "starting"],
    [["Created", "Restarting", "Running"], "running"],
  ] as const)("is, with the conditions %j, %s", (types, state) => {
    expect(readExperiment(experiment({ conditions: conditions(...types) })).state).toBe(state);
  });

  it("counts its trials, and is as far as they are", () => {
    const read = readExperiment(
      experiment({
        conditions: conditions("Created", "Running"),
        trials: 7,
        trialsRunning: 1,
        trialsPending: 1,
        trialsSucceeded: 2,
        trialsFailed: 1,
        trialMetricsUnavailable: 1,
        trialsEarlyStopped: 1,
      }),
    );

    expect(read.progress).toBe(5 / 8);
    expect(read.detail?.trials).toMatchObject({
      counts: { queued: 1, running: 1, succeeded: 2, failed: 2, cancelled: 1 },
      planned: 8,
      objective: { metric: "loss", goal: "minimize" },
      recent: [],
    });
    expect(read.detail?.trials).not.toHaveProperty("best");
  });

  it("has a best trial, its metrics as numbers by the objective's own strategy", () => {
    const read = readExperiment(
      experiment({
        currentOptimalTrial: {
          bestTrialName: "sft-katib-r1-abc",
          parameterAssignments: [{ name: "learning-rate", value: "3e-05" }],
          observation: { metrics },
        },
      }),
    );

    expect(read.detail?.trials?.best).toEqual({
      name: "sft-katib-r1-abc",
      state: "succeeded",
      parameters: { "learning-rate": "3e-05" },
      metrics: { loss: 0.41, accuracy: 0.81 },
    });
  });

  it("takes the zero time of an end that has not come for none", () => {
    const ended = experiment({
      conditions: conditions("Created", "Succeeded"),
      completionTime: "0001-01-01T00:00:00Z",
    });

    expect(readExperiment(ended)).not.toHaveProperty("endedAt");
  });
});

describe("a Trial in our words", () => {
  it.each([
    ["Created", "queued"],
    ["Running", "running"],
    ["Succeeded", "succeeded"],
    ["Failed", "failed"],
    ["MetricsUnavailable", "failed"],
    ["Killed", "cancelled"],
    ["EarlyStopped", "cancelled"],
  ] as const)("that is %s is %s", (type, state) => {
    const trial = {
      apiVersion: "kubeflow.org/v1beta1",
      kind: "Trial",
      metadata: { name: "t-1", namespace: "llm-training" },
      spec: { parameterAssignments: [{ name: "lr", value: "0.01" }] },
      status: { conditions: conditions("Created", type), observation: { metrics } },
    };

    expect(
      readTrialObject(trial, { objective: { objectiveMetricName: "accuracy", type: "maximize" } }),
    ).toEqual({
      name: "t-1",
      state,
      parameters: { lr: "0.01" },
      metrics: { accuracy: 0.9, loss: 0.52 },
    });
  });
});

describe("an Experiment that is made", () => {
  const engine = createKatibExperimentEngine(new Map());
  const origin = { requestId: "r1", owner: personFixture() };
  const render = (params = {}) => engine.render(experimentStageFixture(), params, origin);

  it("has its search space from the stage's parameters, all of it as texts", () => {
    const { spec } = render({
      "lr-from": 1e-6,
      "lr-to": 5e-4,
      "batch-sizes": "4,8,16",
      trials: 6,
    }) as unknown as {
      spec: { maxTrialCount: number; parameters: { feasibleSpace: unknown }[] };
    };

    expect(spec.maxTrialCount).toBe(6);
    expect(spec.parameters.map(({ feasibleSpace }) => feasibleSpace)).toEqual([
      { min: "1e-6", max: "5e-4", distribution: "logUniform" },
      { list: ["4", "8", "16"] },
    ]);
  });

  it("labels its trials' jobs and their pods, and asks for the GPUs of all that run at once", () => {
    const made = render();
    const { trialSpec } = (
      made["spec"] as { trialTemplate: { trialSpec: Record<string, { labels?: unknown }> } }
    ).trialTemplate;
    const pod = (trialSpec["spec"] as { pytorchReplicaSpecs?: Record<string, { template: unknown }> })
      .pytorchReplicaSpecs?.["Master"]?.template;

    expect(made.metadata.labels).toMatchObject({ "jibsa.dev/request-id": "r1" });
    expect(trialSpec["metadata"]?.labels).toEqual(made.metadata.labels);
    expect(pod).toMatchObject({ metadata: { labels: made.metadata.labels } });
    expect(engine.footprint(made)).toEqual({ gpus: 2, gpuType: "h100", podGpus: [1, 1] });
    expect(made.metadata.name.length).toBeLessThanOrEqual(40);
  });
});

describe("the best trial's parameters for another stage", () => {
  const best = { parameters: { "learning-rate": "3.1e-05", gpus: "2", "warmup-ratio": "0.1" } };

  it("are those of equal names, read as that stage reads what is typed", () => {
    expect(bestTrialParams(stageFixture(), best)).toEqual({
      kind: "taken",
      given: { "learning-rate": "3.1e-05", gpus: "2" },
      params: { "model-size": "7B", "learning-rate": 3.1e-5, gpus: 2, "base-model": "/output/cpt_model" },
      unused: ["warmup-ratio"],
    });
  });

  it("are found by the names that Python gives them", () => {
    const parameters = { learning_rate: "3.1e-05", lora_r: "32" };

    expect(bestTrialParams(stageFixture(), { parameters })).toMatchObject({
      given: { "learning-rate": "3.1e-05" },
      unused: ["lora_r"],
    });
  });

  it("are refused where the stage does not take such values", () => {
    expect(bestTrialParams(stageFixture(), { parameters: { "learning-rate": "0.5" } })).toMatchObject({
      kind: "refused",
      problems: [{ field: "learning-rate", code: "above-maximum" }],
    });
  });

  it("are none where the two have no names in common", () => {
    expect(bestTrialParams(stageFixture(), { parameters: { lr: "0.01" } })).toEqual({
      kind: "nothing-in-common",
    });
  });
});
