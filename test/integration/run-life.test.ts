import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createActions, type Actions } from "#src/actions/create-actions.ts";
import type { ChangeInput, ChangeName } from "#src/actions/registry.ts";
import type { RunDetail, TrainingEngine } from "#src/actions/training/engine-ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { lead, personFixture, policyFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

const minji = personFixture();
const junho = lead();
const place = { channel: "C02TRAINING", locale: "en" as const };
let database: OpenStore;
let fake: ReturnType<typeof createInMemoryCluster>;
let actions: Actions;
let engine: TrainingEngine;
let nowMs: number;

beforeEach(async () => {
  database = await postgres.createDatabase();
  fake = createInMemoryCluster();
  nowMs = Date.now();
  fake.reactions.patched = ({ metadata, ...object }) => {
    const { runPolicy } = object["spec"] as { runPolicy?: { suspend?: boolean } };
    fake.setCondition(metadata.name, runPolicy?.suspend === true ? "Suspended" : "Running");
  };
  const clusters = new Map([["onprem-a", fake.cluster]]);
  engine = createPyTorchJobEngine(clusters);
  actions = createActions({
    store: database.store,
    policy: { ...policyFixture, approvals: [] },
    stages: [stageFixture(), stageFixture({ name: "sweep", tunes: "sft" })],
    clusters,
    engines: new Map([["pytorch-job", engine]]),
    findPerson: async (id) => [minji, junho].find(({ slackUserId }) => slackUserId === id),
    now: () => new Date(nowMs),
  });
});

async function perform<Name extends ChangeName>(id: string, name: Name, input: ChangeInput<Name>) {
  const planned = await actions.request(id, minji, name, input, place);
  if (planned.kind !== "previewed") throw new Error(JSON.stringify(planned));
  await actions.start(id, minji, "start");
  return actions.run(id);
}
const start = (id: string, parameters: Record<string, string> = {}) =>
  perform(id, "train-start", { stage: "sft", parameters });
async function runOf(id: string) {
  await actions.observe(id);
  return database.store.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}
const detailOf = async (id: string): Promise<RunDetail> => (await runOf(id)).detail as RunDetail;
const outcomeOf = async (id: string) =>
  (await database.store.selectFrom("requests").select("outcome").where("id", "=", id).executeTakeFirst())
    ?.outcome;

describe("a run", () => {
  it("is suspended and goes on, as its owner", async () => {
    await start("r1");
    fake.setCondition("sft-r1", "Running");

    expect(await perform("r2", "train-suspend", { run: "r1" })).toEqual({ kind: "done", touchedRunId: "r1" });
    expect(await runOf("r1")).toMatchObject({ state: "queued", detail: { suspended: true } });
    await perform("r3", "train-resume", { run: "r1" });

    expect(await runOf("r1")).toMatchObject({ state: "running", detail: {} });
  });

  it("that has ended cannot be suspended, and it is said why", async () => {
    await start("r1");
    fake.setCondition("sft-r1", "Succeeded");

    expect(await perform("r2", "train-suspend", { run: "r1" })).toEqual({ kind: "failed" });

    expect(await outcomeOf("r2")).toEqual({
      kind: "refused",
      failure: { kind: "ended", message: "succeeded" },
    });
  });

  it("without a gate has none to decide", async () => {
    await start("r1");
    const asked = await actions.request(
      "r2",
      junho,
      "train-gate",
      { run: "sft-r1", decision: "approve", gate: "" },
      place,
    );
    expect(asked.kind).toBe("previewed");
    await actions.start("r2", junho, "start");

    expect(await actions.run("r2")).toEqual({ kind: "failed" });
    expect(await outcomeOf("r2")).toMatchObject({ failure: { kind: "not-possible" } });
  });

  it("that failed is diagnosed from its log, and the proposal starts it once more", async () => {
    const batch = {
      name: "batch-size",
      summary: { en: "Batch", ko: "배치" },
      type: "integer" as const,
      default: 8,
      min: 1,
      max: 64,
      path: ["spec", "batch"],
    };
    const stage = stageFixture();
    const clusters = new Map([["onprem-a", fake.cluster]]);
    actions = createActions({
      store: database.store,
      policy: { ...policyFixture, approvals: [] },
      stages: [{ ...stage, parameters: [...stage.parameters, batch] }],
      clusters,
      engines: new Map([["pytorch-job", createPyTorchJobEngine(clusters)]]),
      findPerson: async () => minji,
      now: () => new Date(),
    });
    await start("r1", { "model-size": "14B" });
    await fake.cluster.create(
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: "sft-r1-master-0",
          namespace: "llm-training",
          labels: { "training.kubeflow.org/job-name": "sft-r1" },
        },
      },
      minji.identity,
    );
    fake.logs.set("sft-r1-master-0", [
      "step 812/4100 loss 1.24",
      "[rank0]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.10 GiB of which 1.90 GiB is free.",
    ]);
    fake.setCondition("sft-r1", "Failed", "PyTorchJob sft-r1 is failed because 1 Master replica(s) failed.");

    const { failure } = await detailOf("r1");
    const repeated = await actions.repeat(minji, { run: "r1", parameters: {}, withRemedy: true });

    expect(failure).toMatchObject({ kind: "cuda-out-of-memory", lastStep: 812 });
    expect(failure?.remedy?.changes).toContainEqual({ parameter: "batch-size", from: 8, to: 4 });
    expect(repeated).toEqual({
      ok: true,
      value: { stage: "sft", parameters: { "model-size": "14B", "batch-size": "4" } },
    });
  });

  it("is found in the history with what it was started with, and differs from another in what was asked for", async () => {
    await start("r1", { "model-size": "7B" });
    nowMs += 1_000;
    await start("r2", { "model-size": "14B", gpus: "4" });
    for (const name of ["sft-r1", "sft-r2"]) fake.setCondition(name, "Succeeded");
    await runOf("r1");
    await runOf("r2");

    const history = await actions.read("r8", minji, "train-history", { stage: "sft" });
    const difference = await actions.read("r9", minji, "train-diff", { runs: ["r1", "r2"] });

    expect(history).toMatchObject({
      output: [{ run: { id: "r2" }, parameters: { gpus: "4" } }, { run: { id: "r1" } }],
    });
    expect(difference).toMatchObject({
      output: {
        changes: [
          { path: "model-size", from: "7B", to: "14B" },
          { path: "gpus", from: "2", to: "4" },
        ],
      },
    });
  });

  it("that was not started here cannot be repeated", async () => {
    expect(await actions.repeat(minji, { run: "no-such", parameters: {} })).toMatchObject({
      ok: false,
      failure: [{ code: "unknown-run" }],
    });
  });

  it("that was started elsewhere is followed once, and left as it is", async () => {
    const theirs = {
      apiVersion: "kubeflow.org/v1",
      kind: "PyTorchJob",
      metadata: { name: "llama-test", namespace: "llm-training" },
      spec: stageFixture().template["spec"],
    };
    await fake.cluster.create(theirs, junho.identity);
    fake.setCondition("llama-test", "Running");

    expect(await perform("r1", "train-follow", { target: "pytorchjob/llama-test", namespace: "" })).toEqual({
      kind: "run-started",
      runId: "r1",
    });

    expect(await runOf("r1")).toMatchObject({ state: "running", name: "llama-test", gpus: 2 });
    expect(fake.creators).toHaveLength(1);
    const again = { target: "pytorchjob/llama-test", namespace: "" };
    expect(await actions.request("r2", minji, "train-follow", again, place)).toMatchObject({
      problems: [{ code: "already-followed" }],
    });
    const other = { target: "notebook/x", namespace: "" };
    expect(await actions.request("r3", minji, "train-follow", other, place)).toMatchObject({
      problems: [{ code: "not-a-choice", allowed: "pytorchjob/NAME" }],
    });
  });

  it("that ended long ago is cleaned up with what was shown, and no run that has not ended", async () => {
    await start("r1");
    await start("r2");
    fake.setCondition("sft-r1", "Succeeded");
    fake.setCondition("sft-r2", "Running");
    await runOf("r1");
    await runOf("r2");

    expect(await actions.request("r8", minji, "train-clean", { days: 7 }, place)).toMatchObject({
      problems: [{ code: "nothing-left" }],
    });
    nowMs += 8 * 86_400_000;
    expect(await perform("r9", "train-clean", { days: 7 })).toMatchObject({ kind: "done" });

    expect([...fake.objects.keys()]).toEqual(["pytorchjobs/llm-training/sft-r2"]);
  });

  it("that its platform continues after its end is followed again, and its end is told again", async () => {
    await start("r1");
    fake.setCondition("sft-r1", "Failed");
    await runOf("r1");
    engine.retry = async () => {
      fake.setCondition("sft-r1", "Running");
      return { kind: "done" };
    };

    expect(await perform("r2", "train-retry", { run: "r1" })).toMatchObject({ kind: "done" });
    const request = await database.store
      .selectFrom("requests")
      .select(["state", "outcome"])
      .where("id", "=", "r1")
      .executeTakeFirst();

    expect(request).toEqual({ state: "running", outcome: null });
    expect(await runOf("r1")).toMatchObject({ state: "running", attempt: 2, ended_at: null });
  });

  it("that is a sweep starts the stage it tunes with its best trial", async () => {
    await start("r1");
    const best = {
      name: "t1",
      state: "succeeded",
      parameters: { "learning-rate": "1e-5", other: "x" },
      metrics: {},
    };
    await database.store
      .updateTable("runs")
      .set({ stage: "sweep", detail: JSON.stringify({ trials: { best } }) })
      .execute();

    expect(await actions.repeat(minji, { run: "r1", parameters: {}, withBest: true })).toEqual({
      ok: true,
      value: { stage: "sft", parameters: { "learning-rate": "1e-5" } },
    });
  });
});
