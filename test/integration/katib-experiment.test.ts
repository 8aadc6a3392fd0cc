import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bestTrialParams } from "#src/actions/training/engines/katib-experiment/best-trial-params.ts";
import { createKatibExperimentEngine } from "#src/actions/training/engines/katib-experiment/katib-experiment-engine.ts";
import { parseStageParams } from "#src/actions/training/stage-catalogue.ts";
import { readConfig } from "#src/config.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { experimentStageFixture } from "#test/fixtures/experiment-stage.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { researcher, startSimulated, stranger } from "#test/servers/simulated-cluster.ts";

const EXPERIMENTS = {
  group: "kubeflow.org",
  version: "v1beta1",
  resource: "experiments",
  namespace: "llm-training",
};
const PODS = { group: "", version: "v1", resource: "pods", namespace: "llm-training" };
const administrator = { user: "admin@example.com", groups: ["jibsa:operators"] };

type Simulated = Awaited<ReturnType<typeof startSimulated>>;

/** Two trials at once, 60 s each: four of them take two rounds. */
const ROUND_MS = 70_000;

async function tellToFail({ cluster }: Simulated, name: string): Promise<void> {
  const annotations = { "simulation.jibsa.dev/outcome": "fail" };
  await cluster.patch({ ...EXPERIMENTS, name }, { metadata: { annotations } }, administrator);
  const labelSelector = `katib.kubeflow.org/experiment=${name}`;
  for (const pod of await cluster.list(PODS, administrator, { labelSelector }))
    await cluster.patch({ ...PODS, name: pod.metadata.name }, { metadata: { annotations } }, administrator);
}

trainingEngineContract("Katib experiment on the simulated cluster", async () => {
  const opened = await startSimulated();
  const { clock, simulated, cluster, close } = opened;
  return {
    engine: createKatibExperimentEngine(new Map([["onprem-a", cluster]])),
    stage: experimentStageFixture(),
    params: {},
    researcher,
    stranger,
    async bring(name, state) {
      if (state === "failed") await tellToFail(opened, name);
      clock.advance(state === "running" ? 10_000 : 3 * ROUND_MS);
    },
    settle: () => clock.advance(1_000),
    loseNextAnswer() {
      simulated.control.addFault({ kind: "lose-answer", verb: "create", resource: "experiments" });
    },
    async deleteBehindOurBack(name) {
      await cluster.delete({ ...EXPERIMENTS, name }, researcher);
      clock.advance(10_000);
    },
    close,
  };
});

describe("a sweep on the simulated cluster", () => {
  let opened: Simulated;
  beforeEach(async () => {
    opened = await startSimulated();
  });
  afterEach(() => opened.close());

  const stage = experimentStageFixture();
  const engineOf = () => createKatibExperimentEngine(new Map([["onprem-a", opened.cluster]]));
  async function start(overrides: Parameters<typeof experimentStageFixture>[0] = {}, params = {}) {
    const engine = engineOf();
    const sweep = experimentStageFixture(overrides);
    const object = engine.render(sweep, params, { requestId: "r1", owner: personFixture() });
    const submitted = await engine.submit(object, "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    const ref = submitted.value;
    return { engine, ref, observe: () => engine.observe(ref, researcher) };
  }
  const withSpec = (spec: Record<string, unknown>) => ({
    template: { ...stage.template, spec: { ...(stage.template["spec"] as object), ...spec } },
  });

  it("shows its trials as they come, and the best of them", async () => {
    const { observe } = await start();
    opened.clock.advance(ROUND_MS);

    const half = await observe();
    opened.clock.advance(ROUND_MS);
    const { detail } = await observe();

    expect(half).toMatchObject({
      state: "running",
      progress: 0.5,
      detail: { trials: { counts: { succeeded: 2, running: 2 }, planned: 4 } },
    });
    const { best, recent = [], counts } = detail?.trials ?? {};
    expect(counts).toEqual({ succeeded: 4 });
    expect(recent).toHaveLength(4);
    const losses = recent.map(({ metrics }) => metrics["loss"] ?? Number.NaN);
    expect(best?.metrics["loss"]).toBe(Math.min(...losses));
    expect(new Set(losses).size).toBe(4);
    for (const { parameters, metrics } of recent) {
      expect(Number(parameters["learning-rate"])).toBeGreaterThanOrEqual(1e-6);
      expect(Number(parameters["learning-rate"])).toBeLessThanOrEqual(1e-4);
      expect(["4", "8"]).toContain(parameters["batch-size"]);
      expect(metrics["accuracy"]).toBeGreaterThan(0);
    }
  });

  it("waits, with the scheduler's words, while no trial has its GPUs", async () => {
    const { trialTemplate } = stage.template["spec"] as {
      trialTemplate: {
        trialSpec: { spec: { pytorchReplicaSpecs: { Master: { template: { spec: object } } } } };
      };
    };
    const nowhere = structuredClone(trialTemplate);
    Object.assign(nowhere.trialSpec.spec.pytorchReplicaSpecs.Master.template.spec, {
      nodeSelector: { "gpu-type": "b300" },
    });
    const { observe } = await start(withSpec({ trialTemplate: nowhere }));
    opened.clock.advance(5_000);

    const { state, reason } = await observe();

    expect(state).toBe("queued");
    expect(reason).toContain("nodes are available");
  });

  it("ends when its goal is reached, with trials to spare", async () => {
    const { observe } = await start(
      withSpec({
        objective: { type: "minimize", goal: 2.3, objectiveMetricName: "loss" },
        maxTrialCount: 20,
      }),
      { trials: 20 },
    );
    opened.clock.advance(2 * ROUND_MS);

    expect(await observe()).toMatchObject({ state: "succeeded", progress: 1 });
  });

  it("goes on with more trials after it has ended, where its policy keeps what that needs", async () => {
    const { engine, ref, observe } = await start();
    opened.clock.advance(3 * ROUND_MS);

    expect(await engine.raiseTrials?.(ref, 4, researcher)).toEqual({ kind: "unchanged" });
    expect(await engine.raiseTrials?.(ref, 6, stranger)).toMatchObject({ kind: "forbidden" });
    expect(await engine.raiseTrials?.(ref, 3, researcher)).toMatchObject({ kind: "not-possible" });
    expect(await engine.raiseTrials?.(ref, 6, researcher)).toEqual({ kind: "done" });
    opened.clock.advance(10_000);
    expect(await observe()).toMatchObject({ state: "running", detail: { trials: { planned: 6 } } });
    opened.clock.advance(2 * ROUND_MS);

    expect(await observe()).toMatchObject({
      state: "succeeded",
      detail: { trials: { counts: { succeeded: 6 } } },
    });
  });

  it("takes no more trials where its policy is Never, nor after it has failed", async () => {
    const { engine, ref } = await start(withSpec({ resumePolicy: "Never" }));
    const kept = await start({ name: "kept" });
    await tellToFail(opened, kept.ref.name);
    opened.clock.advance(3 * ROUND_MS);

    expect(await engine.raiseTrials?.(ref, 9, researcher)).toMatchObject({ kind: "not-possible" });
    expect(await engine.raiseTrials?.(kept.ref, 9, researcher)).toEqual({
      kind: "already-ended",
      state: "failed",
    });
    expect(await engine.raiseTrials?.({ ...ref, uid: "u-0" }, 9, researcher)).toEqual({ kind: "not-found" });
  });

  it("says which trial made it fail, and of what", async () => {
    const { ref, observe } = await start();
    await tellToFail(opened, ref.name);
    opened.clock.advance(ROUND_MS);

    const { reason } = await observe();

    expect(reason).toContain("max failed count has reached");
    expect(reason).toMatch(/\(sft-katib-r1-\w{8}: Trial has failed\. Job message: .*failed/);
  });

  it("shows the lines of the trials that run", async () => {
    const { engine, ref } = await start();
    opened.clock.advance(20_000);
    const pods = new Set<string>();

    for await (const { pod, text } of engine.logs(ref, researcher, { tailLines: 3 })) {
      pods.add(pod);
      expect(text).toMatch(/step \d+/);
    }

    expect([...pods]).toHaveLength(2);
  });

  it("of the example's stage finds values for the stage that it tunes", async () => {
    const { stages } = readConfig({});
    const [sweep, sft] = ["sft-katib", "sft"].map((wanted) => stages.find(({ name }) => name === wanted));
    const params = sweep && parseStageParams(sweep, { trials: "3", "learning-rate-max": "5e-4" });
    if (sweep === undefined || sft === undefined || params?.ok !== true) throw new Error("no such stage");
    const engine = engineOf();
    const object = engine.render(sweep, params.value, { requestId: "r1", owner: personFixture() });
    const submitted = await engine.submit(object, "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    opened.clock.advance(ROUND_MS);

    const { detail } = await engine.observe(submitted.value, researcher);
    const best = detail?.trials?.best;

    expect(best?.metrics["accuracy"]).toBeGreaterThan(0.5);
    expect(best && bestTrialParams(sft, best)).toMatchObject({ kind: "taken", unused: [] });
  });

  it("leaves the cluster alive when its objects are nonsense", async () => {
    const { cluster, clock } = opened;
    const trial = {
      apiVersion: "kubeflow.org/v1beta1",
      kind: "Trial",
      metadata: { name: "odd", namespace: "llm-training" },
      spec: { parameterAssignments: [], runSpec: { apiVersion: "v1", kind: "Mystery" } },
    };

    expect(await cluster.create(trial, administrator)).toMatchObject({ ok: true });
    expect(
      await cluster.create(
        { ...trial, metadata: { ...trial.metadata, name: "odder" }, spec: { runSpec: 7 } },
        administrator,
      ),
    ).toMatchObject({ ok: false, failure: { kind: "invalid" } });
    clock.advance(5_000);

    const { observe } = await start();
    clock.advance(10_000);
    expect((await observe()).state).toBe("running");
  });

  it("tries the same points when it is made anew", async () => {
    const first = await start();
    opened.clock.advance(5_000);
    const before = (await first.observe()).detail?.trials?.recent;
    await first.engine.cancel(first.ref, researcher);
    opened.clock.advance(60_000);

    const again = await start();
    opened.clock.advance(5_000);

    expect((await again.observe()).detail?.trials?.recent).toEqual(before);
    expect(again.ref.uid).not.toBe(first.ref.uid);
  });

  it.each([
    ["no objective", { objective: undefined }, "spec.objective: Required value: must be specified"],
    ["no parameters", { parameters: undefined }, "spec.parameters or spec.nasConfig must be specified"],
    [
      "a list for a range",
      { parameters: [{ name: "learning-rate", parameterType: "double", feasibleSpace: { list: ["1"] } }] },
      "feasibleSpace.list is not supported",
    ],
    [
      "more at once than in all",
      { parallelTrialCount: 9 },
      "should be less than or equal to spec.maxTrialCount",
    ],
    [
      "a trial that nothing here runs",
      {
        trialTemplate: {
          primaryContainerName: "x",
          trialParameters: [],
          successCondition: "a",
          failureCondition: "b",
          trialSpec: { apiVersion: "v1", kind: "Mystery" },
        },
      },
      'Unsupported value: "Mystery"',
    ],
  ])("is refused with %s, in the words of Katib's webhook", async (_what, spec, words) => {
    const engine = engineOf();
    const object = engine.render(
      { ...experimentStageFixture(withSpec(spec)), parameters: [] },
      {},
      { requestId: "r1", owner: personFixture() },
    );

    const checked = await engine.check(object, "onprem-a", researcher);

    expect(checked).toMatchObject({ ok: false, failure: { kind: "invalid" } });
    expect(checked.ok ? "" : checked.failure.message).toContain(words);
    expect(checked.ok ? "" : checked.failure.message).toContain("validator.experiment.katib.kubeflow.org");
  });
});
