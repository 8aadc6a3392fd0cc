import { describe, expect, it } from "vitest";
import type { PipelineRun, PipelineTask, PipelineVersion, RuntimeState } from "./kubeflow-pipelines-port.ts";
import { checkParameters } from "./pipeline-run-object.ts";
import { readPipelineRun } from "./read-pipeline-run.ts";

const run = (overrides: Partial<PipelineRun> = {}): PipelineRun => ({
  runId: "u-1",
  displayName: "korean-llm-r1",
  description: "",
  createdAt: "2026-11-24T01:00:00Z",
  finishedAt: undefined,
  state: "RUNNING",
  error: undefined,
  version: undefined,
  tasks: undefined,
  stateHistory: [],
  ...overrides,
});

const task = (name: string, state: RuntimeState, minute: number, error?: string): PipelineTask => ({
  name,
  state,
  error,
  startedAt: `2026-11-24T01:${String(minute).padStart(2, "0")}:00Z`,
  endedAt: undefined,
});

const named = (...names: string[]) => names.map((name) => ({ key: name, name }));
const version: PipelineVersion = {
  pipelineId: "p",
  versionId: "v",
  name: "v1",
  parameters: {},
  tasks: [...named("prepare", "train"), { key: "condition-1", name: "gate" }],
  innerTasks: named("deploy"),
};
/** As an installation shows them: the workflow, drivers and executors among the steps. */
const tasks = [
  task("korean-llm-x7k2p", "RUNNING", 0),
  task("root-driver", "SUCCEEDED", 0),
  task("root", "RUNNING", 1),
  task("train", "RUNNING", 5),
  task("prepare-driver", "SUCCEEDED", 1),
  task("prepare", "SUCCEEDED", 2),
  task("executor", "SUCCEEDED", 2),
];

describe("a run of Kubeflow Pipelines in our words", () => {
  it.each([
    ["PENDING", "queued"],
    ["RUNTIME_STATE_UNSPECIFIED", "queued"],
    [undefined, "queued"],
    ["RUNNING", "running"],
    ["CANCELING", "running"],
    ["PAUSED", "queued"],
    ["SUCCEEDED", "succeeded"],
    ["SKIPPED", "succeeded"],
    ["FAILED", "failed"],
    ["CANCELED", "cancelled"],
  ] as const)("that is %s is %s", (state, ours) => {
    expect(readPipelineRun(run({ state }), undefined).state).toBe(ours);
  });

  it("that is paused is suspended", () => {
    expect(readPipelineRun(run({ state: "PAUSED" }), undefined).detail).toEqual({ suspended: true });
  });

  it("has its steps by its version, in their order, with those to come, and is as far as its own", () => {
    const { detail, progress } = readPipelineRun(run({ tasks }), version);

    expect(detail?.steps?.map(({ name, state }) => [name, state])).toEqual([
      ["prepare", "succeeded"],
      ["train", "running"],
      ["gate", "waiting"],
    ]);
    expect(progress).toBeCloseTo(1 / 3);
  });

  it("shows a step inside of a condition once it has begun, under the names that were given", () => {
    const inside = [...tasks, task("condition-1", "RUNNING", 7), task("deploy", "RUNNING", 8)];

    const { detail } = readPipelineRun(run({ tasks: inside }), version);

    expect(detail?.steps?.map(({ name }) => name)).toEqual(["prepare", "train", "gate", "deploy"]);
  });

  it("has its steps without a version as well, and then no progress", () => {
    const { detail, progress } = readPipelineRun(run({ tasks }), undefined);

    expect(detail?.steps?.map(({ name }) => name)).toEqual(["prepare", "train"]);
    expect(progress).toBeUndefined();
  });

  it.each([
    ["what it says itself", { error: "no such image" }, "no such image"],
    ["its history", { stateHistory: [{ state: "FAILED", at: undefined, error: "quota" }] }, "quota"],
    ["its step", { tasks: [...tasks, task("train", "FAILED", 6, "exit code 1")] }, "train: exit code 1"],
    ["its step alone", { tasks: [...tasks, task("train", "FAILED", 6)] }, "train: failed"],
    ["nothing", {}, "the run failed and does not say why"],
  ] as const)("failed for %s", (_what, told, reason) => {
    expect(readPipelineRun(run({ state: "FAILED", ...told }), version).reason).toBe(reason);
  });

  it("began when its history says that it ran, not when it was made", () => {
    const stateHistory = [
      { state: "PENDING", at: "2026-11-24T01:00:00Z", error: undefined },
      { state: "RUNNING", at: "2026-11-24T02:00:00Z", error: undefined },
    ] as const;

    expect(readPipelineRun(run({ stateHistory }), undefined).startedAt).toEqual(
      new Date("2026-11-24T02:00:00Z"),
    );
  });
});

describe("parameters against what a pipeline declares", () => {
  it.each([
    ["STRING", "a", 1],
    ["NUMBER_INTEGER", 2, 2.5],
    ["NUMBER_DOUBLE", 1e-5, "1e-5"],
    ["BOOLEAN", true, "true"],
    ["LIST", [1], { 0: 1 }],
    ["STRUCT", { a: 1 }, [1]],
  ] as const)("of type %s take %j and not %j", (type, good, bad) => {
    const declared = { x: { type, isOptional: false } };

    expect(checkParameters({ x: good }, declared)).toEqual([]);
    expect(checkParameters({ x: bad }, declared)).toMatchObject([{ path: "spec.parameters.x" }]);
  });

  it("must be there unless they are optional, and no others", () => {
    const declared = {
      needed: { type: "STRING", isOptional: false },
      free: { type: "STRING", isOptional: true },
    } as const;

    expect(checkParameters({ other: 1 }, declared).map(({ path }) => path)).toEqual([
      "spec.parameters.other",
      "spec.parameters.needed",
    ]);
    expect(checkParameters({ anything: 1 }, undefined)).toEqual([]);
  });
});
